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
    private readonly ConcurrentDictionary<(string Command, EndPoint Node), Description> _descriptions = new();

    internal CommandRecorder(ActivitySource source, Meter meter)
    {
        _source = source;
        _duration = meter.CreateHistogram("db.client.operation.duration", "s", "Duration of database client operations.", tags: null, StandardBuckets);
    }

    internal bool IsTraced => _source.HasListeners();

    internal bool IsMeasured => _duration.Enabled;

    internal void Record(IProfiledCommand command, ActivityContext parent, CommandError? error, bool withSpan, bool withDuration)
    {
        var description = _descriptions.GetOrAdd((command.Command, command.EndPoint), static key => new Description(key.Command, key.Node));
        if (withDuration && _duration.Enabled)
        {
            _duration.Record(command.ElapsedTime.TotalSeconds, error is { } failed ? description.MeasuredWith(failed) : description.Measured);
        }

        if (withSpan)
        {
            RecordSpan(command, parent, error, description);
        }
    }

    private void RecordSpan(IProfiledCommand command, ActivityContext parent, CommandError? error, Description description)
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
        var (address, port) = Split(first.EndPoint);
        span.AddEvent(new ActivityEvent("redis.redirect", first.CommandCreated + first.ElapsedTime, new ActivityTagsCollection
        {
            ["redis.redirect.reason"] = answered.RetransmissionReason == StackExchange.Redis.RetransmissionReasonType.Ask ? "ASK" : "MOVED",
            ["server.address"] = address,
            ["server.port"] = port,
        }));
    }

    private static (string Address, int Port) Split(EndPoint node) => node switch
    {
        DnsEndPoint dns => (dns.Host, dns.Port),
        IPEndPoint ip => (ip.Address.ToString(), ip.Port),
        _ => (node.ToString()!, 0),
    };

    /// <summary>What is the same for every call of one command on one node; made once, since a busy application records tens of thousands a second.</summary>
    private sealed class Description
    {
        internal Description(string command, EndPoint node)
        {
            var (address, port) = Split(node);
            // The convention's `{operation} {target}`; the database index is not a target, since it is a meaningless number.
            SpanName = $"{command} {address}:{port}";
            Measured =
            [
                new("db.system.name", "redis"),
                new("db.operation.name", command),
                new("db.namespace", "0"), // a cluster has no other
                new("server.address", address),
                new("server.port", port),
            ];
            // A dashboard draws the node as the other end by this one.
            Traced = [.. Measured, new("peer.service", $"{address}:{port}")];
        }

        internal string SpanName { get; }

        internal KeyValuePair<string, object?>[] Measured { get; }

        internal KeyValuePair<string, object?>[] Traced { get; }

        internal KeyValuePair<string, object?>[] MeasuredWith(CommandError error) => error.StatusCode is { } code
            ? [.. Measured, new("error.type", error.Type), new("db.response.status_code", code)]
            : [.. Measured, new("error.type", error.Type)];
    }
}
