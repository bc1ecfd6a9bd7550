using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Runs the commands of resources.</summary>
public partial class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(ResourceNotificationService notifications, ResourceLoggerService loggers, IServiceProvider services)
    {
        _notifications = notifications;
        _loggers = loggers;
        _services = services;
    }

    /// <summary>Runs a command of a replica, or of a resource that has none.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resourceId, commandName, new InteractionInputCollection([]), cancellationToken);

    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, InteractionInputCollection arguments, CancellationToken cancellationToken = default) =>
        _notifications.TryGetCurrentState(resourceId, out var current)
            ? await ExecuteAsync(current.Resource, current.ResourceId, commandName, arguments, cancellationToken)
            : CommandResults.Failure($"Resource '{resourceId}' not found.");

    /// <summary>Runs a command of each replica of a resource; one failure makes it fail.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resource, commandName, new InteractionInputCollection([]), cancellationToken);

    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, InteractionInputCollection arguments, CancellationToken cancellationToken = default)
    {
        var results = await Task.WhenAll(resource.GetInstanceIds().Select(id => ExecuteAsync(resource, id, commandName, arguments, cancellationToken)));
        return results.FirstOrDefault(result => !result.Success) ?? results[0];
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(IResource resource, string id, string commandName, InteractionInputCollection given, CancellationToken cancellationToken)
    {
        var logger = _loggers.GetLogger(id);
        if (resource.Annotations.OfType<ResourceCommandAnnotation>().LastOrDefault(candidate => candidate.Name == commandName) is not { } command)
        {
            return CommandResults.Failure($"Command '{commandName}' not available for resource '{resource.Name}'.");
        }

        if (given.Names.Except(command.Arguments.Select(argument => argument.Name), StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unknown)
        {
            return CommandResults.Failure($"Unknown argument '{unknown}' for command '{commandName}'.");
        }

        try
        {
            Log.Executing(logger, commandName);
            var arguments = new InteractionInputCollection(
                [.. command.Arguments.Select(argument => argument.WithValue(given.TryGetByName(argument.Name, out var value) ? value.Value : argument.Value))]);
            if (!await CommandArguments.ValidateAsync(command, arguments, _services, cancellationToken))
            {
                return new ExecuteCommandResult { Success = false, Message = CommandArguments.Problems(arguments), InvalidArguments = arguments };
            }

            var result = await command.ExecuteCommand(new ExecuteCommandContext
            {
                ResourceName = id,
                Services = _services,
                CancellationToken = cancellationToken,
                Logger = logger,
                Arguments = arguments,
            });
            if (result.Success)
            {
                Log.Succeeded(logger, commandName);
            }
            else if (!result.Canceled)
            {
                Log.Failed(logger, commandName, result.Message);
            }

            return result;
        }
        catch (OperationCanceledException)
        {
            return CommandResults.Canceled();
        }
#pragma warning disable CA1031 // A command is foreign code: whatever it throws is its result, in the dashboard and in the log.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Threw(logger, failure, commandName);
            return CommandResults.Failure(failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Executing command '{Command}'.")]
        public static partial void Executing(ILogger logger, string command);

        [LoggerMessage(2, LogLevel.Information, "Successfully executed command '{Command}'.")]
        public static partial void Succeeded(ILogger logger, string command);

        [LoggerMessage(3, LogLevel.Information, "Failure executing command '{Command}'. Error message: {Message}")]
        public static partial void Failed(ILogger logger, string command, string? message);

        [LoggerMessage(4, LogLevel.Error, "Error executing command '{Command}'.")]
        public static partial void Threw(ILogger logger, Exception exception, string command);
    }
}
