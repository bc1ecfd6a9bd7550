using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Xunit;
using static UnitTests.Fallback.TestApplication;

namespace UnitTests.Fallback;

public sealed class CommandTests
{
    [Fact]
    public async Task ACommandGetsItsArgumentsWithDefaultsForThoseNotGiven()
    {
        await using var app = new TestApplication();
        var node = app.Builder.AddContainer("node", "redis").WithCommand(
            "find-key",
            "Find key",
            context => Task.FromResult(CommandResults.Success($"{context.Arguments["key"].Value} {context.Arguments.GetInt32("limit")}")),
            new CommandOptions { Arguments = [Text("key"), new InteractionInput { Name = "limit", InputType = InputType.Number, Value = "10" }] });
        await app.StartAsync();

        var result = await app.Application.ResourceCommands.ExecuteCommandAsync(node.Resource, "find-key", new InteractionInputCollection([Given("key", " user:1 ")]), Token);

        Assert.Equal((true, "user:1 10"), (result.Success, result.Message));
    }

    [Fact]
    public async Task AMissingArgumentIsNamedAndTheCommandDoesNotRun()
    {
        await using var app = new TestApplication();
        var ran = false;
        var node = app.Builder.AddContainer("node", "redis").WithCommand(
            "find-key",
            "Find key",
            _ =>
            {
                ran = true;
                return Task.FromResult(CommandResults.Success());
            },
            new CommandOptions { Arguments = [Text("key")] });
        await app.StartAsync();

        var result = await app.Application.ResourceCommands.ExecuteCommandAsync(node.Resource, "find-key", Token);

        Assert.Equal((false, "Command argument validation failed. key: Value is required."), (result.Success, result.Message));
        Assert.False(ran);
    }

    [Fact]
    public async Task WhatACommandThrowsIsItsResultAndInTheLog()
    {
        await using var app = new TestApplication();
        var node = app.Builder.AddContainer("node", "redis").WithCommand("fail", "Fail", _ => throw new InvalidOperationException("node is gone"));
        await app.StartAsync();

        var result = await app.Application.ResourceCommands.ExecuteCommandAsync(node.Resource, "fail", Token);

        Assert.Equal((false, "node is gone"), (result.Success, result.Message));
        Assert.Contains("Error executing command 'fail'.", await app.LogAsync(node.Resource), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhetherACommandIsOfferedFollowsTheState()
    {
        await using var app = new TestApplication();
        var node = app.Builder.AddContainer("node", "redis").WithCommand("failover", "Fail over", _ => Task.FromResult(CommandResults.Success()), new CommandOptions
        {
            UpdateState = context => context.ResourceSnapshot.Properties.Any(property => Equals(property.Value, "replica")) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });
        await app.StartAsync();
        Assert.Equal(ResourceCommandState.Disabled, Offered());

        await app.Notifications.PublishUpdateAsync(node.Resource, s => s with { Properties = s.Properties.Add(new("redis.role", "replica")) });
        Assert.Equal(ResourceCommandState.Enabled, Offered());

        ResourceCommandState Offered() => app.Snapshot("node").Commands.Single(command => command.Name == "failover").State;
    }

    private static InteractionInput Text(string name) => new() { Name = name, InputType = InputType.Text, Required = true };

    private static InteractionInput Given(string name, string value) => new() { Name = name, InputType = InputType.Text, Value = value };
}
