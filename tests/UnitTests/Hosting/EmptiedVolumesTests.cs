using RedisCluster.Hosting.Machine;
using Xunit;

namespace UnitTests.Hosting;

// A volume is removed without looking into it, so the one that is removed must be the one that was emptied. The engine here is a script: a volume is a file with its time.
public sealed class EmptiedVolumesTests : IDisposable
{
    private const string Volume = "redis-data-7";

    private readonly string _folder = Directory.CreateTempSubdirectory("emptied-volumes-").FullName;
    private readonly ContainerEngine _engine;
    private readonly EmptiedVolumes _emptied;

    public EmptiedVolumesTests()
    {
        _engine = FakeEngine.Make(_folder, """
            case "$2" in
                inspect) test -f "volumes/$5" || { echo "Error response from daemon: get $5: no such volume" >&2; exit 1; }; cat "volumes/$5" ;;
                rm) rm "volumes/$3" ;;
            esac
            """);
        Directory.CreateDirectory(Path.Combine(_folder, "volumes"));
        _emptied = new EmptiedVolumes(Path.Combine(_folder, "emptied"));
    }

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TheNextStartRemovesWhatWasNoted()
    {
        Make(Volume, "2026-11-24T12:00:00Z");
        Make("redis-data-6", "2026-11-24T12:00:00Z");
        Assert.Null(await _emptied.NoteAsync(_engine, Volume, CancellationToken));

        await RemoveAsync();

        Assert.Equal(["redis-data-6"], Volumes());
    }

    [Fact]
    public async Task OneThatWasMadeSinceIsKeptForGood()
    {
        Make(Volume, "2026-11-24T12:00:00Z");
        await _emptied.NoteAsync(_engine, Volume, CancellationToken);
        Make(Volume, "2026-11-24T12:00:01Z");

        await RemoveAsync();
        Make(Volume, "2026-11-24T12:00:00Z");
        await RemoveAsync();

        Assert.Equal([Volume], Volumes());
    }

    [Fact]
    public async Task OneThatTheEngineDoesNotKnowIsNotNoted()
    {
        Assert.Equal($"{_engine.Command} has no volume {Volume}", await _emptied.NoteAsync(_engine, Volume, CancellationToken));
        Make(Volume, "");
        await RemoveAsync();
        Assert.Equal([Volume], Volumes());
    }

    // A start that is refused for another reason looks, and removes nothing.
    [Fact]
    public async Task LookingForThemRemovesNothing()
    {
        Make(Volume, "2026-11-24T12:00:00Z");
        await _emptied.NoteAsync(_engine, Volume, CancellationToken);

        Assert.Equal([Volume], await _emptied.FindAsync(_engine, CancellationToken));
        Assert.Equal([Volume], Volumes());
    }

    private async Task RemoveAsync() => await _emptied.RemoveAsync(_engine, await _emptied.FindAsync(_engine, CancellationToken), CancellationToken);

    private void Make(string volume, string created) => File.WriteAllText(Path.Combine(_folder, "volumes", volume), created);

    private IEnumerable<string?> Volumes() => Directory.EnumerateFiles(Path.Combine(_folder, "volumes")).Select(Path.GetFileName);
}
