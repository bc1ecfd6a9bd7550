using Aspire.Hosting.ApplicationModel;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// How a node shows in the dashboard: role and slots in the text of its URL, an icon, properties. Never in its state:
/// health counts only while the state is exactly "Running".
/// </summary>
internal static class NodeAppearance
{
    private const string RoleProperty = "redis.role";
    private const string SlotsProperty = "redis.slots";
    private const string ReplicatesProperty = "redis.replicates";
    public const string UnknownRoleIcon = "DatabaseLightning";
    private const string PrimaryIcon = "Crown";
    private const string ReplicaIcon = "Copy";
    private static readonly string[] RoleProperties = [RoleProperty, SlotsProperty, ReplicatesProperty];

    /// <summary>Shows a role; null, of a stopped node, takes it away.</summary>
    public static Task ShowAsync(ResourceNotificationService notifications, IRedisClusterNode node, NodeRole? role)
    {
        var text = UrlText(node, role);

        // Updates of the orchestrator build the URLs anew from the annotation; the snapshot is what shows until then.
        foreach (var url in node.Annotations.OfType<ResourceUrlAnnotation>().Where(url => url.Endpoint is not null))
        {
            url.DisplayText = text;
        }

        return notifications.PublishUpdateAsync(node, snapshot => snapshot with
        {
            Properties = [.. snapshot.Properties.Where(property => !RoleProperties.Contains(property.Name)), .. Properties(role)],
            Urls = [.. snapshot.Urls.Select(url => url.Name is null ? url : url with { DisplayProperties = url.DisplayProperties with { DisplayName = text } })],
            IconName = role is null ? UnknownRoleIcon : role.IsPrimary ? PrimaryIcon : ReplicaIcon,
        });
    }

    /// <summary><c>localhost:7004 primary 0-5460</c>, <c>localhost:7001 replica of redis-node-4</c>.</summary>
    internal static string UrlText(IRedisClusterNode node, NodeRole? role) =>
        role switch
        {
            null => $"{node.Setup.Address}",
            { OwnsSlots: true } => $"{node.Setup.Address} primary {role.Slots}",
            { IsPrimary: true } => $"{node.Setup.Address} primary without slots",
            _ => $"{node.Setup.Address} replica{(role.Primary is { } primary ? $" of {primary.Name}" : "")}{(role.IsInSync ? "" : ", link down")}",
        };

    private static IEnumerable<ResourcePropertySnapshot> Properties(NodeRole? role)
    {
        if (role is null)
        {
            yield break;
        }

        yield return Property(RoleProperty, "Role", role.Name, 1);
        if (role.OwnsSlots)
        {
            yield return Property(SlotsProperty, "Slots", role.Slots.ToString(), 2);
        }

        if (role.Primary is { } primary)
        {
            yield return Property(ReplicatesProperty, "Replicates", primary.Name, 3);
        }
    }

    private static ResourcePropertySnapshot Property(string name, string displayName, string value, int order) =>
        new(name, value) { DisplayName = displayName, IsHighlighted = true, SortOrder = order };
}
