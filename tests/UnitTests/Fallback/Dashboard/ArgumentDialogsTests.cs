using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Xunit;
using Wire = Aspire.Hosting.Dashboard.Wire;

namespace UnitTests.Fallback.Dashboard;

public class ArgumentDialogsTests
{
    private readonly ArgumentDialogs _dialogs = new();

    [Fact]
    public async Task TheAnswersComeBackAndTheDialogCloses()
    {
        await using var dashboard = OpenDashboard();
        var asking = AskAsync((_, _) => Task.FromResult(true));
        var dialog = await NextAsync(dashboard);

        _dialogs.Answer(Answer(dialog, "user:42"));

        Assert.Equal("user:42", (await asking)!["key"].Value);
        Assert.Equal(Wire.WatchInteractionsResponseUpdate.KindOneofCase.Complete, (await NextAsync(dashboard)).KindCase);
        Assert.Equal(("Find key", "Which node has it", "key", true), (dialog.Title, dialog.Message, dialog.InputsDialog.InputItems[0].Name, dialog.InputsDialog.InputItems[0].Required));
    }

    [Fact]
    public async Task WhatIsWrongIsShownInTheSameDialogUntilItIsRight()
    {
        await using var dashboard = OpenDashboard();
        var asking = AskAsync((inputs, _) =>
        {
            var valid = inputs["key"].Value == "right";
            if (!valid)
            {
                inputs["key"].ValidationErrors.Add("Wrong.");
            }

            return Task.FromResult(valid);
        });
        var first = await NextAsync(dashboard);
        _dialogs.Answer(Answer(first, "wrong"));

        var second = await NextAsync(dashboard);
        _dialogs.Answer(Answer(second, "right"));

        Assert.Equal("right", (await asking)!["key"].Value);
        Assert.Equal(first.InteractionId, second.InteractionId);
        Assert.Equal(("wrong", "Wrong."), (second.InputsDialog.InputItems[0].Value, Assert.Single(second.InputsDialog.InputItems[0].ValidationErrors)));
    }

    [Fact]
    public async Task ADismissedDialogGivesNothing()
    {
        await using var dashboard = OpenDashboard();
        var asking = AskAsync((_, _) => Task.FromResult(true));
        var dialog = await NextAsync(dashboard);

        _dialogs.Answer(new Wire.WatchInteractionsRequestUpdate { InteractionId = dialog.InteractionId, Complete = new() });

        Assert.Null(await asking);
    }

    [Fact]
    public async Task ABrowserThatComesLaterSeesTheOpenDialog()
    {
        var asking = AskAsync((_, _) => Task.FromResult(true));

        await using var dashboard = OpenDashboard();
        _dialogs.Answer(Answer(await NextAsync(dashboard), "late"));

        Assert.Equal("late", (await asking)!["key"].Value);
    }

    private Task<InteractionInputCollection?> AskAsync(Func<InteractionInputCollection, CancellationToken, Task<bool>> validate)
    {
        var command = new ResourceCommandAnnotation(
            "find-key", "Find key", _ => ResourceCommandState.Enabled, _ => Task.FromResult(CommandResults.Success()), "Which node has it",
            [new InteractionInput { Name = "key", InputType = InputType.Text, Required = true }], null, null, null, isHighlighted: false);
        return _dialogs.AskAsync(command, validate, TestContext.Current.CancellationToken);
    }

    // Started at once: what is sent from now on is not missed.
    private OpenedDashboard OpenDashboard() => new(_dialogs);

    private static async Task<Wire.WatchInteractionsResponseUpdate> NextAsync(OpenedDashboard dashboard) => await dashboard.NextAsync();

    private static Wire.WatchInteractionsRequestUpdate Answer(Wire.WatchInteractionsResponseUpdate dialog, string key) => new()
    {
        InteractionId = dialog.InteractionId,
        InputsDialog = new() { InputItems = { new Wire.InteractionInput { Name = "key", Value = key } } },
    };

    private sealed class OpenedDashboard : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<Wire.WatchInteractionsResponseUpdate> _updates;
        private Task<bool> _next;

        public OpenedDashboard(ArgumentDialogs dialogs)
        {
            _updates = dialogs.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
            _next = _updates.MoveNextAsync().AsTask();
        }

        public async Task<Wire.WatchInteractionsResponseUpdate> NextAsync()
        {
            Assert.True(await _next, "The dashboard expected a dialog, but the stream of dialogs ended.");
            var update = _updates.Current;
            _next = _updates.MoveNextAsync().AsTask();
            return update;
        }

        public async ValueTask DisposeAsync()
        {
            // The last read still waits; it ends with the test's token.
            if (_next.IsCompleted)
            {
                await _updates.DisposeAsync();
            }
        }
    }
}
