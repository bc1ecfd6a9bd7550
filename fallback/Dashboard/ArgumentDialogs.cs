using System.Collections.Concurrent;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard;

/// <summary>The dialogs in which the dashboard asks for the arguments of a command while the command waits.</summary>
internal sealed class ArgumentDialogs
{
    private readonly ConcurrentDictionary<int, Dialog> _open = new();
    private readonly Lock _lock = new();
    private readonly HashSet<ChannelWriter<Wire.WatchInteractionsResponseUpdate>> _dashboards = [];
    private int _lastId;

    /// <summary>Asks, again and again until <paramref name="validate"/> finds nothing wrong.</summary>
    /// <returns>The answers, or null when the dialog was dismissed.</returns>
    public async Task<InteractionInputCollection?> AskAsync(
        ResourceCommandAnnotation command,
        Func<InteractionInputCollection, CancellationToken, Task<bool>> validate,
        CancellationToken cancellationToken)
    {
        var dialog = new Dialog(Interlocked.Increment(ref _lastId), command);
        _open[dialog.Id] = dialog;
        try
        {
            while (true)
            {
                Send(dialog.ToMessage());
                var answers = await dialog.NextAnswerAsync(cancellationToken);
                if (answers is null || await validate(answers, cancellationToken))
                {
                    return answers;
                }
            }
        }
        finally
        {
            _open.TryRemove(dialog.Id, out _);
            Send(new Wire.WatchInteractionsResponseUpdate { InteractionId = dialog.Id, Complete = new Wire.InteractionComplete() });
        }
    }

    /// <summary>An answer from a dashboard; one to a dialog that another browser has closed already is ignored.</summary>
    public void Answer(Wire.WatchInteractionsRequestUpdate update)
    {
        // Values on the way only matter to inputs that load depending on others, which no command here has.
        if (!update.ResponseUpdate && _open.TryGetValue(update.InteractionId, out var dialog))
        {
            dialog.Answer(update.KindCase == Wire.WatchInteractionsRequestUpdate.KindOneofCase.InputsDialog ? update.InputsDialog : null);
        }
    }

    /// <summary>The open dialogs, and each one that opens, changes or closes.</summary>
    public async IAsyncEnumerable<Wire.WatchInteractionsResponseUpdate> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var updates = Channel.CreateUnbounded<Wire.WatchInteractionsResponseUpdate>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock)
        {
            foreach (var dialog in _open.Values)
            {
                updates.Writer.TryWrite(dialog.ToMessage());
            }

            _dashboards.Add(updates.Writer);
        }

        try
        {
            await foreach (var update in updates.Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            lock (_lock)
            {
                _dashboards.Remove(updates.Writer);
            }
        }
    }

    private void Send(Wire.WatchInteractionsResponseUpdate update)
    {
        lock (_lock)
        {
            foreach (var dashboard in _dashboards)
            {
                dashboard.TryWrite(update);
            }
        }
    }

    private sealed class Dialog(int id, ResourceCommandAnnotation command)
    {
        private readonly Channel<Wire.InteractionInputsDialog?> _answers = Channel.CreateUnbounded<Wire.InteractionInputsDialog?>();
        private InteractionInputCollection _inputs = new([.. command.Arguments.Select(input => input.WithValue(input.Value))]);

        public int Id { get; } = id;

        public void Answer(Wire.InteractionInputsDialog? answer) => _answers.Writer.TryWrite(answer);

        public async Task<InteractionInputCollection?> NextAnswerAsync(CancellationToken cancellationToken)
        {
            if (await _answers.Reader.ReadAsync(cancellationToken) is not { } answer)
            {
                return null;
            }

            var values = answer.InputItems.ToDictionary(item => item.Name);
            _inputs = new([.. _inputs.Select(input => input.WithValue(values.TryGetValue(input.Name, out var item) ? InputMessages.ToValue(item, input.InputType) : input.Value))]);
            return _inputs;
        }

        public Wire.WatchInteractionsResponseUpdate ToMessage()
        {
            var message = new Wire.WatchInteractionsResponseUpdate
            {
                InteractionId = Id,
                Title = command.DisplayName,
                Message = command.DisplayDescription ?? "",
                PrimaryButtonText = command.DisplayName,
                SecondaryButtonText = "Cancel",
                ShowSecondaryButton = true,
                ShowDismiss = true,
                InputsDialog = new Wire.InteractionInputsDialog(),
            };
            message.InputsDialog.InputItems.Add(_inputs.Select(InputMessages.ToMessage));
            return message;
        }
    }
}
