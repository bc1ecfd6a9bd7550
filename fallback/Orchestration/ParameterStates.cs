using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Shows the parameters: their values, or that they have none.</summary>
internal sealed class ParameterStates(ResourceNotificationService notifications, ResourceLoggerService loggers)
{
    public async Task PublishAsync(DistributedApplicationModel model, CancellationToken cancellationToken)
    {
        foreach (var parameter in model.Resources.OfType<ParameterResource>())
        {
            await PublishAsync(parameter, cancellationToken);
        }
    }

    private async Task PublishAsync(ParameterResource parameter, CancellationToken cancellationToken)
    {
        var state = new ResourceStateSnapshot(KnownResourceStates.Running, Style: null);
        string? value;
        try
        {
            value = await parameter.GetValueAsync(cancellationToken);
        }
        catch (MissingParameterValueException missing)
        {
            // Only those who need the value fail.
            state = new ResourceStateSnapshot(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Warn);
            value = missing.Message;
            loggers.Append(parameter.Name, TimeProvider.System.GetUtcNow(), missing.Message, isError: true);
        }

        await notifications.PublishUpdateAsync(parameter, s => s with
        {
            State = state,
            Properties = s.Properties.Set(new ResourcePropertySnapshot(KnownProperties.ParameterValue, value) { IsSensitive = parameter.Secret, IsHighlighted = true, SortOrder = 0 }),
        });
    }
}
