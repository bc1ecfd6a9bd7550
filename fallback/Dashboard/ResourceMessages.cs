using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;
using HealthStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace Aspire.Hosting.Dashboard;

/// <summary>What is known about a resource, as the dashboard wants to be told.</summary>
internal static class ResourceMessages
{
    /// <param name="resourceEvent">The resource, the id of the instance and what is known about it.</param>
    /// <param name="firstSeen">The creation time of a resource that has none: the dashboard refuses a resource without.</param>
    public static Wire.Resource ToMessage(ResourceEvent resourceEvent, DateTime firstSeen)
    {
        var snapshot = resourceEvent.Snapshot;
        var message = new Wire.Resource
        {
            Name = resourceEvent.ResourceId,
            Uid = resourceEvent.ResourceId,
            DisplayName = resourceEvent.Resource.Name,
            ResourceType = snapshot.ResourceType,
            State = snapshot.State?.Text ?? "",
            StateStyle = snapshot.State?.Style ?? "",
            IsHidden = snapshot.IsHidden,
            CreatedAt = ToTimestamp(snapshot.CreationTimeStamp ?? firstSeen),
            StartedAt = ToTimestamp(snapshot.StartTimeStamp),
            StoppedAt = ToTimestamp(snapshot.StopTimeStamp),
        };
        if (snapshot.IconName is not null)
        {
            message.IconName = snapshot.IconName;
        }

        if (snapshot.IconVariant is not null)
        {
            message.IconVariant = ToMessage(snapshot.IconVariant);
        }

        message.Properties.Add(CommonProperties(resourceEvent, message));
        message.Properties.Add(snapshot.Properties.Select(ToMessage));
        message.Environment.Add(snapshot.EnvironmentVariables.Select(ToMessage));
        message.Urls.Add(snapshot.Urls.Select(ToMessage));
        message.Volumes.Add(snapshot.Volumes.Select(ToMessage));
        message.Relationships.Add(snapshot.Relationships.Select(relationship => new Wire.ResourceRelationship { ResourceName = relationship.ResourceName, Type = relationship.Type }));
        message.HealthReports.Add(snapshot.HealthReports.Select(ToMessage));
        message.Commands.Add(snapshot.Commands.Where(command => command.Visibility.HasFlag(ResourceCommandVisibility.UI)).Select(ToMessage));
        return message;
    }

    /// <summary>The details page and the state tooltips read these as properties, not from their fields.</summary>
    private static IEnumerable<Wire.ResourceProperty> CommonProperties(ResourceEvent resourceEvent, Wire.Resource message)
    {
        var snapshot = resourceEvent.Snapshot;
        (string Name, object? Value)[] properties =
        [
            ("resource.uid", message.Uid),
            ("resource.name", message.Name),
            ("resource.type", message.ResourceType),
            ("resource.displayName", message.DisplayName),
            ("resource.state", snapshot.State?.Text),
            ("resource.exitCode", snapshot.ExitCode?.ToString(CultureInfo.InvariantCulture)),
            ("resource.createTime", message.CreatedAt.ToDateTime().ToString("O", CultureInfo.InvariantCulture)),
            ("resource.startTime", snapshot.StartTimeStamp?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)),
            ("resource.stopTime", snapshot.StopTimeStamp?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)),
            ("resource.healthState", snapshot.HealthStatus?.ToString()),
        ];
        var published = snapshot.Properties.Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        return properties.Where(property => !published.Contains(property.Name)).Select(property => ToMessage(new ResourcePropertySnapshot(property.Name, property.Value)));
    }

    private static Wire.ResourceProperty ToMessage(ResourcePropertySnapshot property)
    {
        var message = new Wire.ResourceProperty
        {
            Name = property.Name,
            Value = ToValue(property.Value),
            IsSensitive = property.IsSensitive,
            IsHighlighted = property.IsHighlighted,
        };
        if (!string.IsNullOrEmpty(property.DisplayName))
        {
            message.DisplayName = property.DisplayName;
        }

        if (property.SortOrder is { } sortOrder)
        {
            message.SortOrder = sortOrder;
        }

        return message;
    }

    private static Value ToValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        int number => Value.ForNumber(number),
        IEnumerable<string> texts => Value.ForList([.. texts.Select(Value.ForString)]),
        IEnumerable<int> numbers => Value.ForList([.. numbers.Select(number => Value.ForNumber(number))]),
        _ => Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    private static Wire.EnvironmentVariable ToMessage(EnvironmentVariableSnapshot variable) =>
        new() { Name = variable.Name, Value = variable.Value ?? "", IsFromSpec = variable.IsFromSpec };

    private static Wire.Url ToMessage(UrlSnapshot url) => new()
    {
        EndpointName = url.Name ?? "",
        FullUrl = url.Url,
        IsInternal = url.IsInternal,
        IsInactive = url.IsInactive,
        DisplayProperties = new Wire.UrlDisplayProperties { DisplayName = url.DisplayProperties.DisplayName, SortOrder = url.DisplayProperties.SortOrder },
    };

    private static Wire.Volume ToMessage(VolumeSnapshot volume) =>
        new() { Source = volume.Source ?? "", Target = volume.Target, MountType = volume.MountType, IsReadOnly = volume.IsReadOnly };

    private static Wire.HealthReport ToMessage(HealthReportSnapshot report)
    {
        var message = new Wire.HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = ToTimestamp(report.LastRunAt),
        };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                HealthStatus.Healthy => Wire.HealthStatus.Healthy,
                HealthStatus.Degraded => Wire.HealthStatus.Degraded,
                _ => Wire.HealthStatus.Unhealthy,
            };
        }

        return message;
    }

    private static Wire.ResourceCommand ToMessage(ResourceCommandSnapshot command)
    {
        var message = new Wire.ResourceCommand
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            DisplayDescription = command.DisplayDescription ?? "",
            ConfirmationMessage = command.ConfirmationMessage ?? "",
            IsHighlighted = command.IsHighlighted,
            IconName = command.IconName ?? "",
            IconVariant = ToMessage(command.IconVariant),
            State = command.State switch
            {
                ResourceCommandState.Enabled => Wire.ResourceCommandState.Enabled,
                ResourceCommandState.Disabled => Wire.ResourceCommandState.Disabled,
                _ => Wire.ResourceCommandState.Hidden,
            },
        };
        message.ArgumentInputs.Add(command.Arguments.Select(InputMessages.ToMessage));
        return message;
    }

    private static Wire.IconVariant ToMessage(IconVariant? variant) => variant == IconVariant.Filled ? Wire.IconVariant.Filled : Wire.IconVariant.Regular;

    private static Timestamp? ToTimestamp(DateTime? time) => time is { } value ? Timestamp.FromDateTime(value.ToUniversalTime()) : null;
}
