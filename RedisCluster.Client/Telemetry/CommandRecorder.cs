using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using StackExchange.Redis.Profiling;

namespace RedisCluster.Client.Telemetry;

/// <summary>Turns a finished command into a client span and a measurement, by the OpenTelemetry conventions for Redis clients: names of nodes and commands, never keys or values.</summary>
internal sealed class CommandRecorder
{
    private static readonly InstrumentAdvice<double> StandardBuckets = new() { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] };

    private readonly ActivitySource _source;
    private readonly Histogram<double> _duration;
    private readonly PeerAddresses _peers;
    // By reference: the driver has one object for each node, and the hash of a host name costs more than all else here.
    private readonly ConcurrentDictionary<EndPoint, ConcurrentDictionary<string, CommandDescription>> _descriptions = new(ReferenceEqualityComparer.Instance);

    internal CommandRecorder(ActivitySource source, Meter meter, PeerAddresses peers)
    {
        _source = source;
        _peers = peers;
        _duration = meter.CreateHistogram("db.client.operation.duration", "s", "Duration of database client operations.", tags: null, StandardBuckets);
    }

    internal bool IsTraced => _source.HasListeners();

    internal bool IsMeasured => _duration.Enabled;

    internal void Record(IProfiledCommand command, ActivityContext parent, CommandError? error, bool withSpan, bool withDuration)
    {
        var node = command.EndPoint;
        var description = _descriptions.GetOrAdd(node, static _ => new(StringComparer.Ordinal))
            .GetOrAdd(command.Command, static (name, at) => new CommandDescription(name, at.Node, at.Peers.Of(at.Node)), (Node: node, Peers: _peers));
        if (withDuration && _duration.Enabled)
        {
            _duration.Record(command.ElapsedTime.TotalSeconds, error is { } failed ? description.MeasuredWith(failed) : description.Measured);
        }

        if (withSpan)
        {
            RecordSpan(command, parent, error, description);
        }
    }

    /// <summary>The connection to a node is a new one, perhaps to another address: what was made for the old one is made again.</summary>
    internal void Forget(EndPoint node)
    {
        foreach (var known in _descriptions.Keys.Where(known => known.Equals(node)))
        {
            _descriptions.TryRemove(known, out _);
        }
    }

    private void RecordSpan(IProfiledCommand command, ActivityContext parent, CommandError? error, CommandDescription description)
    {
        using var span = _source.StartActivity(description.SpanName, ActivityKind.Client, parent, description.Traced, links: null, command.CommandCreated);
        if (span is null)
        {
            return;
        }

        if (command.RetransmissionOf is { } first)
        {
            AddRedirect(span, first, command);
        }

        if (error is { } failed)
        {
            span.AddTag("error.type", failed.Type);
            if (failed.StatusCode is { } code)
            {
                span.AddTag("db.response.status_code", code);
            }

            span.SetStatus(ActivityStatusCode.Error);
        }

        span.SetEndTime(command.CommandCreated + command.ElapsedTime);
    }

    // The span tells of the node that answered; the event of the one that was asked first, and when it sent the command on.
    private static void AddRedirect(Activity span, IProfiledCommand first, IProfiledCommand answered)
    {
        var (address, port) = first.EndPoint.Parts();
        span.AddEvent(new ActivityEvent("redis.redirect", first.CommandCreated + first.ElapsedTime, new ActivityTagsCollection
        {
            ["redis.redirect.reason"] = answered.RetransmissionReason == StackExchange.Redis.RetransmissionReasonType.Ask ? "ASK" : "MOVED",
            ["server.address"] = address,
            ["server.port"] = port,
        }));
    }
}

/// <summary>What is the same for every call of one command on one node; made once, since a busy application records tens of thousands a second.</summary>
internal sealed class CommandDescription
{
    // The driver sends a transaction as one message and profiles it under the name of its last command; the convention knows it by its first.
    private const string TransactionOfDriver = "EXEC";
    private const string TransactionOfConvention = "MULTI";

    internal CommandDescription(string command, EndPoint node, IPEndPoint? peer)
    {
        var (address, port) = node.Parts();
        var operation = command == TransactionOfDriver ? TransactionOfConvention : command;
        // The convention's `{operation} {target}`; the database index is not a target, since it is a meaningless number.
        SpanName = $"{operation} {address}:{port}";
        Measured =
        [
            new("db.system.name", "redis"),
            new("db.operation.name", operation),
            new("db.namespace", "0"), // a cluster has no other
            new("server.address", address),
            new("server.port", port),
        ];
        // A dashboard draws the node as the other end by the service. The peer is where the node lives now: in a failed call it may never have been reached.
        Traced = peer is null
            ? [.. Measured, new("peer.service", $"{address}:{port}")]
            : [.. Measured, new("network.peer.address", peer.Address.ToString()), new("network.peer.port", peer.Port), new("peer.service", $"{address}:{port}")];
    }

    internal string SpanName { get; }

    internal KeyValuePair<string, object?>[] Measured { get; }

    internal KeyValuePair<string, object?>[] Traced { get; }

    internal KeyValuePair<string, object?>[] MeasuredWith(CommandError error) => error.StatusCode is { } code
        ? [.. Measured, new("error.type", error.Type), new("db.response.status_code", code)]
        : [.. Measured, new("error.type", error.Type)];
}
