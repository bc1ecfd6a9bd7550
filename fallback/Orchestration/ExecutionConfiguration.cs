using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Orchestration;

/// <summary>A value as the resource gets it; a sensitive one is masked wherever it is shown.</summary>
internal sealed record ResolvedValue(string Value, bool IsSensitive);

/// <summary>What a container, an executable or a project is started with, as seen from its network.</summary>
internal sealed record ExecutionConfiguration(
    IReadOnlyList<ResolvedValue> Arguments,
    IReadOnlyDictionary<string, ResolvedValue> Environment,
    IReadOnlyList<string> ContainerRuntimeArguments)
{
    /// <summary>Runs the callbacks of the resource anew and resolves every value; waits for endpoints that are not allocated.</summary>
    /// <exception cref="DistributedApplicationException">A value cannot be resolved; the message names it.</exception>
    public static async Task<ExecutionConfiguration> ResolveAsync(IResource resource, IServiceProvider services, CancellationToken cancellationToken)
    {
        var resolution = new Resolution(resource, services, cancellationToken);
        return new ExecutionConfiguration(
            await resolution.ArgumentsAsync(),
            await resolution.EnvironmentAsync(),
            await resolution.ContainerRuntimeArgumentsAsync());
    }

    private sealed class Resolution(IResource resource, IServiceProvider services, CancellationToken cancellationToken)
    {
        private readonly DistributedApplicationExecutionContext _execution = services.GetRequiredService<DistributedApplicationExecutionContext>();
        private readonly ResourceLoggerService _loggers = services.GetRequiredService<ResourceLoggerService>();

        public async Task<IReadOnlyList<ResolvedValue>> ArgumentsAsync()
        {
            var context = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = _execution, Logger = _loggers.GetLogger(resource) };
            foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            {
                await annotation.Callback(context);
            }

            return await ResolveAllAsync(context.Args);
        }

        public async Task<IReadOnlyDictionary<string, ResolvedValue>> EnvironmentAsync()
        {
            var context = new EnvironmentCallbackContext(_execution, resource, cancellationToken: cancellationToken) { Logger = _loggers.GetLogger(resource) };
            foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            {
                await annotation.Callback(context);
            }

            var environment = new Dictionary<string, ResolvedValue>();
            foreach (var (name, value) in context.EnvironmentVariables)
            {
                if (await ResolveAsync(value, $"environment variable '{name}'") is { } resolved)
                {
                    environment[name] = resolved;
                }
            }

            return environment;
        }

        public async Task<IReadOnlyList<string>> ContainerRuntimeArgumentsAsync()
        {
            var context = new ContainerRuntimeArgsCallbackContext([], cancellationToken);
            foreach (var annotation in resource.Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>())
            {
                await annotation.Callback(context);
            }

            return [.. (await ResolveAllAsync(context.Args)).Select(argument => argument.Value)];
        }

        private async Task<IReadOnlyList<ResolvedValue>> ResolveAllAsync(IEnumerable<object> values)
        {
            List<ResolvedValue> resolved = [];
            foreach (var value in values)
            {
                if (await ResolveAsync(value, $"argument {resolved.Count + 1}") is { } argument)
                {
                    resolved.Add(argument);
                }
            }

            return resolved;
        }

        // A value that resolves to nothing is left out.
        private async Task<ResolvedValue?> ResolveAsync(object value, string what)
        {
            if (value is not IValueProvider provider)
            {
                return new ResolvedValue(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", IsSensitive: false);
            }

            try
            {
                var context = new ValueProviderContext { ExecutionContext = _execution, Caller = resource, Network = resource.GetNetwork() };
                return await provider.GetValueAsync(context, cancellationToken) is { } text ? new ResolvedValue(text, IsSensitive(provider)) : null;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw new DistributedApplicationException($"The {what} of resource '{resource.Name}' could not be resolved: {failure.Message}", failure);
            }
        }

        private static bool IsSensitive(object value) => value switch
        {
            ParameterResource parameter => parameter.Secret,
            EndpointReference or EndpointReferenceExpression => false,
            IValueWithReferences composed => composed.References.Any(IsSensitive),
            _ => false,
        };
    }
}
