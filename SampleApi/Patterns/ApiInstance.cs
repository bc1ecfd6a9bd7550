using System.Globalization;

namespace SampleApi.Patterns;

/// <summary>This instance of the API among its replicas, for everything that is written down about who did what.</summary>
internal sealed class ApiInstance
{
    /// <summary>Unique, and telling: the machine, the process, and a part that differs also between two hosts in one process.</summary>
    internal string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}");
}
