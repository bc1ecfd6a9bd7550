using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard;

/// <summary>Runs the commands that are pressed in the dashboard, after asking for their arguments.</summary>
internal sealed class CommandRequests(DistributedApplicationModel model, ResourceCommandService commands, ArgumentDialogs dialogs, IServiceProvider services)
{
    public async Task<Wire.ResourceCommandResponse> ExecuteAsync(Wire.ResourceCommandRequest request, CancellationToken cancellationToken)
    {
        var command = Find(request.ResourceName, request.CommandName);
        var asks = command is { Arguments.Count: > 0 } && request.Arguments.Count == 0 && !request.NonInteractive;
        var arguments = asks
            ? await dialogs.AskAsync(command!, (inputs, token) => CommandArguments.ValidateAsync(command!, inputs, services, token), cancellationToken)
            : Given(request, command);
        return arguments is null
            ? new Wire.ResourceCommandResponse { Kind = Wire.ResourceCommandResponseKind.Cancelled }
            : ToMessage(await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, arguments, cancellationToken));
    }

    private ResourceCommandAnnotation? Find(string resourceId, string commandName) =>
        model.Resources.FirstOrDefault(resource => resource.GetInstanceIds().Contains(resourceId, StringComparer.OrdinalIgnoreCase))?
            .Annotations.OfType<ResourceCommandAnnotation>().LastOrDefault(command => command.Name == commandName);

    private static InteractionInputCollection Given(Wire.ResourceCommandRequest request, ResourceCommandAnnotation? command) =>
        new([.. (command?.Arguments ?? []).Select(input =>
            input.WithValue(request.Arguments.TryGetValue(input.Name, out var value) ? InputMessages.ToValue(input.Name, value) : input.Value))]);

    private static Wire.ResourceCommandResponse ToMessage(ExecuteCommandResult result)
    {
        var message = new Wire.ResourceCommandResponse
        {
            Kind = result switch
            {
                { Success: true } => Wire.ResourceCommandResponseKind.Succeeded,
                { Canceled: true } => Wire.ResourceCommandResponseKind.Cancelled,
                { InvalidArguments: not null } => Wire.ResourceCommandResponseKind.InvalidArguments,
                _ => Wire.ResourceCommandResponseKind.Failed,
            },
            Message = result.Message ?? "",
        };
        if (result.Data is { } data)
        {
            message.Result = new Wire.ResourceCommandResult
            {
                Value = data.Value,
                DisplayImmediately = data.DisplayImmediately,
                Format = data.Format switch
                {
                    CommandResultFormat.Json => Wire.CommandResultFormat.Json,
                    CommandResultFormat.Markdown => Wire.CommandResultFormat.Markdown,
                    _ => Wire.CommandResultFormat.Text,
                },
            };
        }

        return message;
    }
}
