using RedisCluster.Client;
using RedisCluster.Client.Topology;
using SampleApi.Patterns;
using StackExchange.Redis;

namespace SampleApi.Map;

/// <summary>
/// Keeps the map up to date while somebody looks, however many they are; asks the cluster nothing while nobody does. Redis tells nobody of a failover, so it has to be asked:
/// four times a second, and at once when a connection breaks or comes back, or a node sends a command elsewhere.
/// </summary>
internal sealed class MapWatcher(RedisClusterTopology topology, IServiceProvider services, MapFeed feed, TimeProvider time, ILogger<MapWatcher> logger) : ClusterLoop(logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // Numbers that change faster cannot be read.
    private static readonly TimeSpan FiguresInterval = TimeSpan.FromSeconds(1);

    // Many commands are sent elsewhere in the same moment.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _hint = new(0, 1);
    private MapFigureReading _figures = new();
    private MapCluster? _cluster;
    private MapState? _shown;
    private long _figuresAt;
    private long _version;
    private bool _isFollowing;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await feed.SomebodyLooksAsync(stoppingToken);
            while (feed.IsWatched)
            {
                await LookAsync(stoppingToken);
                Answered();
                await Task.Delay(Pause, time, stoppingToken);
                await _hint.WaitAsync(Interval - Pause, stoppingToken);
            }

            _shown = null;
            _figures = new MapFigureReading();
            feed.Show(null);
        }
    }

    /// <summary>A map that nobody keeps up to date any more must not look as if somebody did.</summary>
    protected override void TellAway(string reason)
    {
        logger.MapFailed(reason);
        feed.Show(new MapState(++_version, _cluster = MapDrawing.DrawDown(reason, _cluster), new Dictionary<string, MapFigures>()));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var survey = await topology.SurveyAsync(cancellationToken);
            FollowConnection();
            Show(MapDrawing.Draw(survey.View, _cluster), survey);
        }
        catch (RedisServerException exception) when (ServerRefusal.CodeOf(exception) is not null)
        {
            Show(MapDrawing.DrawUnknown(exception.Message), survey: null);
        }
        catch (RedisException exception)
        {
            Show(MapDrawing.DrawDown(exception.Message, _cluster), survey: null);
        }
    }

    private void Show(MapCluster drawn, ClusterSurvey? survey)
    {
        var now = time.GetTimestamp();
        var cluster = _cluster is null ? drawn : MapStory.Continue(_cluster, drawn, time.GetUtcNow());
        if (_cluster is null || !MapChanges.AreSame(_cluster, cluster))
        {
            _version++;
            _cluster = cluster;
        }

        var figures = _shown?.Figures;
        if (figures is null || time.GetElapsedTime(_figuresAt, now) >= FiguresInterval)
        {
            figures = survey is null ? new Dictionary<string, MapFigures>() : _figures.Read(survey, now);
            _figuresAt = now;
        }

        if (_shown?.Version != _version || MapChanges.Of(_shown.Figures, figures).Count > 0)
        {
            _shown = new MapState(_version, _cluster, figures);
            feed.Show(_shown);
        }
    }

    // Not before a node has answered: until then, asking for the connection would wait for its first attempt.
    private void FollowConnection()
    {
        if (_isFollowing)
        {
            return;
        }

        var connection = services.GetRequiredService<IConnectionMultiplexer>();
        connection.ConnectionFailed += (_, _) => Hint();
        connection.ConnectionRestored += (_, _) => Hint();
        connection.HashSlotMoved += (_, _) => Hint();
        _isFollowing = true;
    }

    private void Hint()
    {
        lock (_hint)
        {
            if (_hint.CurrentCount == 0)
            {
                _hint.Release();
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _hint.Dispose();
    }
}
