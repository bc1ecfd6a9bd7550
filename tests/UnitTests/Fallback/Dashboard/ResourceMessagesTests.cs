using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Wire = Aspire.Hosting.Dashboard.Wire;

namespace UnitTests.Fallback.Dashboard;

public class ResourceMessagesTests
{
    private static readonly DateTime FirstSeen = new(2026, 11, 23, 9, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void AnInstanceHasItsOwnNameAndShowsTheNameOfItsResource()
    {
        var message = ToMessage(Snapshot(), "api-abcdefgh");

        Assert.Equal(("api-abcdefgh", "api-abcdefgh", "api"), (message.Name, message.Uid, message.DisplayName));
    }

    // The dashboard throws on a resource without a creation time and then shows none at all.
    [Fact]
    public void AResourceWithoutCreationTimeIsAsOldAsTheDashboard() =>
        Assert.Equal(Timestamp.FromDateTime(FirstSeen), ToMessage(Snapshot()).CreatedAt);

    [Fact]
    public void StateAndStyleStayApart()
    {
        var message = ToMessage(Snapshot() with { State = new ResourceStateSnapshot("Forming", KnownResourceStateStyles.Info) });

        Assert.Equal(("Forming", "info"), (message.State, message.StateStyle));
    }

    [Fact]
    public void ExitCodeIsAPropertyBecauseTheStateTooltipReadsItThere()
    {
        var message = ToMessage(Snapshot() with { State = KnownResourceStates.Exited, ExitCode = 137 });

        Assert.Equal("137", Property(message, "resource.exitCode").Value.StringValue);
    }

    [Fact]
    public void APublishedPropertyTakesThePlaceOfTheCommonOne()
    {
        var message = ToMessage(Snapshot(new ResourcePropertySnapshot("resource.type", "mine")));

        Assert.Equal("mine", Property(message, "resource.type").Value.StringValue);
    }

    [Fact]
    public void APropertyKeepsHowItIsShown()
    {
        var property = Property(ToMessage(Snapshot(new ResourcePropertySnapshot("redis.role", "primary") { DisplayName = "Role", IsHighlighted = true, SortOrder = 1 })), "redis.role");

        Assert.Equal(("Role", true, 1, false), (property.DisplayName, property.IsHighlighted, property.SortOrder, property.IsSensitive));
    }

    [Fact]
    public void ASecretIsMarked() =>
        Assert.True(Property(ToMessage(Snapshot(new ResourcePropertySnapshot("Value", "hunter2") { IsSensitive = true })), "Value").IsSensitive);

    [Fact]
    public void ValuesKeepTheirKind()
    {
        var message = ToMessage(Snapshot(new("number", 7), new("texts", new List<string> { "a", "b" }), new("none", null), new("other", true)));

        Assert.Equal(7, Property(message, "number").Value.NumberValue);
        Assert.Equal(["a", "b"], Property(message, "texts").Value.ListValue.Values.Select(value => value.StringValue));
        Assert.Equal(Value.KindOneofCase.NullValue, Property(message, "none").Value.KindCase);
        Assert.Equal("True", Property(message, "other").Value.StringValue);
    }

    [Fact]
    public void AUrlAlwaysHasDisplayProperties()
    {
        var message = ToMessage(Snapshot() with
        {
            Urls =
            [
                new UrlSnapshot("redis", "redis://localhost:7001", IsInternal: false) { DisplayProperties = new("localhost:7001 primary 0-5460", 2) },
                new UrlSnapshot(null, "http://localhost:1", IsInternal: true) { IsInactive = true },
            ],
        });

        Assert.Equal(
            [
                new Wire.Url { EndpointName = "redis", FullUrl = "redis://localhost:7001", DisplayProperties = new() { DisplayName = "localhost:7001 primary 0-5460", SortOrder = 2 } },
                new Wire.Url { EndpointName = "", FullUrl = "http://localhost:1", IsInternal = true, IsInactive = true, DisplayProperties = new() },
            ],
            message.Urls);
    }

    [Fact]
    public void CommandsForProgramsOnlyAreNotSent()
    {
        var command = new ResourceCommandSnapshot("failover", ResourceCommandState.Disabled, "Fail over", "To this node", null, "Sure?", "ArrowSwap", IconVariant.Filled, IsHighlighted: true);

        var message = ToMessage(Snapshot() with { Commands = [command, command with { Name = "hidden", Visibility = ResourceCommandVisibility.Api }] });

        Assert.Equal(
            [
                new Wire.ResourceCommand
                {
                    Name = "failover", DisplayName = "Fail over", DisplayDescription = "To this node", ConfirmationMessage = "Sure?", IconName = "ArrowSwap",
                    IconVariant = Wire.IconVariant.Filled, IsHighlighted = true, State = Wire.ResourceCommandState.Disabled,
                },
            ],
            message.Commands);
    }

    [Fact]
    public void VolumesEnvironmentAndRelationshipsAreSent()
    {
        var message = ToMessage(Snapshot() with
        {
            Volumes = [new("redis-data-1", "/data", "volume", IsReadOnly: false)],
            EnvironmentVariables = [new("A", null, IsFromSpec: true)],
            Relationships = [new("redis", "Parent")],
            IsHidden = true,
        });

        Assert.Equal([new Wire.Volume { Source = "redis-data-1", Target = "/data", MountType = "volume" }], message.Volumes);
        Assert.Equal([new Wire.EnvironmentVariable { Name = "A", Value = "", IsFromSpec = true }], message.Environment);
        Assert.Equal([new Wire.ResourceRelationship { ResourceName = "redis", Type = "Parent" }], message.Relationships);
        Assert.True(message.IsHidden);
    }

    private static CustomResourceSnapshot Snapshot(params ResourcePropertySnapshot[] properties) => new() { ResourceType = "Project", Properties = [.. properties] };

    private static Wire.Resource ToMessage(CustomResourceSnapshot snapshot, string id = "api") =>
        ResourceMessages.ToMessage(new ResourceEvent(new ExecutableResource("api", "api", "."), id, snapshot), FirstSeen);

    private static Wire.ResourceProperty Property(Wire.Resource message, string name) => Assert.Single(message.Properties, property => property.Name == name);
}
