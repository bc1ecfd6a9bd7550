using System.Collections;
using System.Collections.Immutable;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A list whose enumerations see the moment they started, whatever is added meanwhile.</summary>
internal sealed class CopyOnWriteList<T> : IList<T>
{
    private readonly Lock _gate = new();
    private ImmutableList<T> _items = [];

    public int Count => _items.Count;

    public bool IsReadOnly => false;

    public T this[int index]
    {
        get => _items[index];
        set => Change(items => items.SetItem(index, value));
    }

    public void Add(T item) => Change(items => items.Add(item));

    public void Clear() => Change(_ => []);

    public bool Contains(T item) => _items.Contains(item);

    public void CopyTo(T[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    public int IndexOf(T item) => _items.IndexOf(item);

    // Collection<T>.Add inserts at a Count it read before: another thread may have removed an item since.
    public void Insert(int index, T item) => Change(items => items.Insert(Math.Min(index, items.Count), item));

    public bool Remove(T item)
    {
        lock (_gate)
        {
            var before = _items;
            _items = before.Remove(item);
            return !ReferenceEquals(before, _items);
        }
    }

    public void RemoveAt(int index) => Change(items => items.RemoveAt(index));

    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Change(Func<ImmutableList<T>, ImmutableList<T>> change)
    {
        lock (_gate)
        {
            _items = change(_items);
        }
    }
}
