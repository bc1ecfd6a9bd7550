using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Dcp;

/// <summary>One container or process of a resource, under the id that it has in DCP, in the dashboard and in its log.</summary>
/// <param name="resource">The resource.</param>
/// <param name="id">The id.</param>
/// <param name="arguments">What it is started with, without what only starts the program.</param>
internal sealed class DcpInstance(IResource resource, string id, IReadOnlyList<ResolvedValue> arguments)
{
    public IResource Resource { get; } = resource;

    public string Id { get; } = id;

    public IReadOnlyList<ResolvedValue> Arguments { get; } = arguments;
}
