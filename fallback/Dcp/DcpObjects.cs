using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Dcp;

/// <summary>What containers and executables have in common on their way to DCP.</summary>
internal static class DcpObjects
{
    public static ObjectMetadata Metadata(IResource resource, string id) => new(id)
    {
        Annotations = new()
        {
            ["resource-name"] = resource.Name,

            // Environment variables refer to these two: {{- index .Annotations "otel-service-instance-id" -}}
            ["otel-service-name"] = resource.Name,
            ["otel-service-instance-id"] = id[(resource.Name.Length + 1)..],
            [ObjectMetadata.ServiceProducer] = JsonSerializer.Serialize(DcpEndpoints.ProducedBy(resource), DcpJson.Default.ServiceProducerArray),
        },
    };

    public static string[] Arguments(ExecutionConfiguration configuration) => [.. configuration.Arguments.Select(argument => argument.Value)];

    public static NameAndValue[] Environment(ExecutionConfiguration configuration) =>
        [.. configuration.Environment.Select(variable => new NameAndValue(variable.Key, variable.Value.Value))];
}
