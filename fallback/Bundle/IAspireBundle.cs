namespace Aspire.Hosting.Bundle;

/// <summary>The orchestrator and the dashboard of Aspire.</summary>
internal interface IAspireBundle
{
    /// <summary>Finds the bundle, or fetches it when this machine has none.</summary>
    /// <exception cref="DistributedApplicationException">There is none and it cannot be fetched; the message says what to install.</exception>
    Task<BundleLocation> GetAsync(CancellationToken cancellationToken);
}
