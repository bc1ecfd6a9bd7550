using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something the application is made of; what it can do is told by its interfaces and annotations.</summary>
public interface IResource
{
    string Name { get; }

    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>A fact or a wish attached to a resource.</summary>
public interface IResourceAnnotation;

public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>
{
    // Orchestration reads annotations while callbacks of other resources may still add some: copy on write.
    public ResourceAnnotationCollection() : base(new CopyOnWriteList<IResourceAnnotation>())
    {
    }
}

public abstract class Resource : IResource
{
    protected Resource(string name)
    {
        ModelName.Validate("resource", name);
        Name = name;
    }

    public virtual string Name { get; }

    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}

public interface IResourceWithArgs : IResource;

public interface IResourceWithEnvironment : IResource;

public interface IResourceWithEndpoints : IResource;

public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource with no lifecycle of its own, such as a parameter.</summary>
public interface IResourceWithoutLifetime : IResource;

/// <summary>A resource that lives and dies with another one, and inherits that one's health checks.</summary>
public interface IResourceWithParent : IResource
{
    IResource Parent { get; }
}

public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
{
    new T Parent { get; }

    IResource IResourceWithParent.Parent => Parent;
}

/// <summary>A resource that runs code: a container, an executable or a project.</summary>
public interface IComputeResource : IResource;
