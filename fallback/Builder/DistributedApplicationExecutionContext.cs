namespace Aspire.Hosting;

/// <summary>What the application was started for; the fallback only runs.</summary>
public class DistributedApplicationExecutionContext
{
    private readonly DistributedApplicationExecutionContextOptions? _options;

    public DistributedApplicationExecutionContext(DistributedApplicationOperation operation) => Operation = operation;

    public DistributedApplicationExecutionContext(DistributedApplicationExecutionContextOptions options) : this(options.Operation) => _options = options;

    public DistributedApplicationOperation Operation { get; }

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    /// <exception cref="InvalidOperationException">The application is not built yet.</exception>
    public IServiceProvider Services => _options?.Services
        ?? throw new InvalidOperationException("The services are not available before the application is built.");
}

public class DistributedApplicationExecutionContextOptions(DistributedApplicationOperation operation)
{
    public DistributedApplicationOperation Operation { get; } = operation;

    public IServiceProvider? Services { get; set; }
}

public enum DistributedApplicationOperation
{
    Run,
    Publish,
}
