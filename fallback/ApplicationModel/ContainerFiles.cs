namespace Aspire.Hosting.ApplicationModel;

/// <summary>A file or directory that is written into a container before it starts.</summary>
public abstract class ContainerFileSystemItem
{
    private string? _name;

    /// <summary>A plain name; parents are <see cref="ContainerDirectory"/> entries.</summary>
    public string Name
    {
        get => _name!;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            if (Path.GetDirectoryName(value) is not { Length: 0 })
            {
                throw new ArgumentException($"'{value}' must be a name without a path: nest it in {nameof(ContainerDirectory)} entries.", nameof(value));
            }

            _name = value;
        }
    }

    public int? Owner { get; set; }

    public int? Group { get; set; }

    /// <summary>0 leaves the mode to the umask of the destination.</summary>
    public UnixFileMode Mode { get; set; }
}

public abstract class ContainerFileBase : ContainerFileSystemItem
{
    public string? Contents { get; set; }

    /// <summary>A file on this machine to copy instead of <see cref="Contents"/>.</summary>
    public string? SourcePath { get; set; }

    public bool? ContinueOnError { get; set; }
}

public sealed class ContainerFile : ContainerFileBase;

public sealed class ContainerDirectory : ContainerFileSystemItem
{
    public IEnumerable<ContainerFileSystemItem> Entries { get; set; } = [];
}

/// <summary>Makes files for a container each time it starts.</summary>
public sealed class ContainerFileSystemCallbackAnnotation : IResourceAnnotation
{
    public required string DestinationPath { get; init; }

    public int? DefaultOwner { get; init; }

    public int? DefaultGroup { get; init; }

    public UnixFileMode? Umask { get; set; }

    public required Func<ContainerFileSystemCallbackContext, CancellationToken, Task<IEnumerable<ContainerFileSystemItem>>> Callback { get; init; }
}

public sealed class ContainerFileSystemCallbackContext
{
    public required IServiceProvider Services { get; init; }

    public required IResource Model { get; init; }
}
