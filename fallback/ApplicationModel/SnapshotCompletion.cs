using System.Collections;
using System.Collections.Immutable;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a snapshot gets from the annotations of its resource, whoever publishes it.</summary>
internal static class SnapshotCompletion
{
    public static CustomResourceSnapshot InitialSnapshot(this IResource resource) =>
        resource.Annotations.OfType<ResourceSnapshotAnnotation>().LastOrDefault()?.InitialSnapshot
        ?? new CustomResourceSnapshot { ResourceType = KnownResourceTypes.Of(resource), Properties = [], Relationships = Relationships(resource) };

    public static CustomResourceSnapshot Complete(this IResource resource, CustomResourceSnapshot snapshot, IServiceProvider services)
    {
        if (snapshot.State?.Text != KnownResourceStates.Waiting)
        {
            snapshot = snapshot with { Properties = snapshot.Properties.RemoveAll(property => property.Name == KnownProperties.WaitingFor) };
        }

        if (resource.TryGetLastAnnotation<ResourceIconAnnotation>(out var icon))
        {
            snapshot = snapshot with { IconName = snapshot.IconName ?? icon.IconName, IconVariant = snapshot.IconVariant ?? icon.IconVariant };
        }

        if (resource.TryGetLastAnnotation<HiddenAnnotation>(out var hidden))
        {
            snapshot = snapshot with { IsHidden = hidden.Behavior == HiddenBehavior.Always || snapshot.ExitCode is { } exitCode && hidden.SuccessfulExitCodes.Contains(exitCode) };
        }

        return snapshot with { Commands = Commands(resource, snapshot, services) };
    }

    /// <summary>Sets a property, or replaces the one of the same name.</summary>
    public static ImmutableArray<ResourcePropertySnapshot> Set(this ImmutableArray<ResourcePropertySnapshot> properties, ResourcePropertySnapshot property)
    {
        var index = properties.FirstOrDefault(existing => existing.Name == property.Name) is { } found ? properties.IndexOf(found) : -1;
        return index < 0 ? properties.Add(property) : properties.SetItem(index, property);
    }

    /// <summary>Watchers are not woken for nothing: compares by content, also the arrays.</summary>
    public static bool SameAs(this CustomResourceSnapshot one, CustomResourceSnapshot other) =>
        one.Properties.SequenceEqual(other.Properties, PropertyContent.Comparer)
        && one.HealthReports.SequenceEqual(other.HealthReports)
        && one.EnvironmentVariables.SequenceEqual(other.EnvironmentVariables)
        && one.Urls.SequenceEqual(other.Urls)
        && one.Volumes.SequenceEqual(other.Volumes)
        && one.Commands.SequenceEqual(other.Commands)
        && one.Relationships.SequenceEqual(other.Relationships)
        && one == other with
        {
            Properties = one.Properties,
            HealthReports = one.HealthReports,
            EnvironmentVariables = one.EnvironmentVariables,
            Urls = one.Urls,
            Volumes = one.Volumes,
            Commands = one.Commands,
            Relationships = one.Relationships,
        };

    public static ImmutableArray<RelationshipSnapshot> Relationships(IResource resource) =>
    [
        .. resource is IResourceWithParent child ? [new RelationshipSnapshot(child.Parent.Name, KnownRelationshipTypes.Parent)] : Array.Empty<RelationshipSnapshot>(),
        .. resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(relationship => new RelationshipSnapshot(relationship.Resource.Name, relationship.Type)),
    ];

    // Each command keeps what it had in the snapshot, but whether it is offered depends on the new state.
    private static ImmutableArray<ResourceCommandSnapshot> Commands(IResource resource, CustomResourceSnapshot snapshot, IServiceProvider services)
    {
        var commands = snapshot.Commands;
        foreach (var annotation in resource.Annotations.OfType<ResourceCommandAnnotation>())
        {
            var state = annotation.UpdateState(new UpdateCommandStateContext { ResourceSnapshot = snapshot, Services = services });
            var existing = commands.FirstOrDefault(command => command.Name == annotation.Name);
            commands = existing is null ? commands.Add(Describe(annotation, state))
                : existing.State == state ? commands
                : commands.Replace(existing, existing with { State = state });
        }

        return commands;
    }

    private static ResourceCommandSnapshot Describe(ResourceCommandAnnotation command, ResourceCommandState state) =>
        new(command.Name, state, command.DisplayName, command.DisplayDescription, Parameter: null, command.ConfirmationMessage, command.IconName, command.IconVariant, command.IsHighlighted)
        {
            Arguments = command.Arguments,
            Visibility = command.Visibility,
        };

    private sealed class PropertyContent : IEqualityComparer<ResourcePropertySnapshot>
    {
        public static readonly PropertyContent Comparer = new();

        public bool Equals(ResourcePropertySnapshot? x, ResourcePropertySnapshot? y) =>
            x is not null && y is not null && x with { Value = null } == y with { Value = null } && SameValue(x.Value, y.Value);

        public int GetHashCode(ResourcePropertySnapshot obj) => obj.Name.GetHashCode(StringComparison.Ordinal);

        private static bool SameValue(object? x, object? y) =>
            x is IEnumerable many and not string && y is IEnumerable others and not string
                ? many.Cast<object?>().SequenceEqual(others.Cast<object?>())
                : Equals(x, y);
    }
}
