using System.Collections;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

public interface IResourceCollection : IList<IResource>
{
    bool TryGetByName(string name, [NotNullWhen(true)] out IResource? resource);
}

internal sealed class ResourceCollection(IEnumerable<IResource> resources) : IResourceCollection
{
    private readonly Collection<IResource> _items = [.. resources];

    public int Count => _items.Count;

    public bool IsReadOnly => false;

    public IResource this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    public bool TryGetByName(string name, [NotNullWhen(true)] out IResource? resource)
    {
        resource = _items.FirstOrDefault(item => item.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return resource is not null;
    }

    public void Add(IResource item) => _items.Add(item);

    public void Clear() => _items.Clear();

    public bool Contains(IResource item) => _items.Contains(item);

    public void CopyTo(IResource[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    public int IndexOf(IResource item) => _items.IndexOf(item);

    public void Insert(int index, IResource item) => _items.Insert(index, item);

    public bool Remove(IResource item) => _items.Remove(item);

    public void RemoveAt(int index) => _items.RemoveAt(index);

    public IEnumerator<IResource> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>All resources of the application.</summary>
public class DistributedApplicationModel(IResourceCollection resources)
{
    public DistributedApplicationModel(IEnumerable<IResource> resources) : this(new ResourceCollection(resources))
    {
    }

    public IResourceCollection Resources { get; } = resources;
}
