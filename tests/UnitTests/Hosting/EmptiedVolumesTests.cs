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
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the engine is a shell script");
        var script = Path.Combine(_folder, "engine");
        File.WriteAllText(script, """
            #!/bin/sh
            cd "$(dirname "$0")"
            case "$2" in
                inspect) cat "volumes/$5" ;;
                rm) rm "volumes/$3" ;;
            esac
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.CreateDirectory(Path.Combine(_folder, "volumes"));
        _engine = new ContainerEngine(script);
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

        await _emptied.RemoveAsync(_engine, CancellationToken);

        Assert.Equal(["redis-data-6"], Volumes());
    }

    [Fact]
    public async Task OneThatWasMadeSinceIsKeptForGood()
    {
        Make(Volume, "2026-11-24T12:00:00Z");
        await _emptied.NoteAsync(_engine, Volume, CancellationToken);
        Make(Volume, "2026-11-24T12:00:01Z");

        await _emptied.RemoveAsync(_engine, CancellationToken);
        Make(Volume, "2026-11-24T12:00:00Z");
        await _emptied.RemoveAsync(_engine, CancellationToken);

        Assert.Equal([Volume], Volumes());
    }

    [Fact]
    public async Task OneThatTheEngineDoesNotKnowIsNotNoted()
    {
        Assert.Contains("No such file", await _emptied.NoteAsync(_engine, Volume, CancellationToken), StringComparison.Ordinal);
        Make(Volume, "");
        await _emptied.RemoveAsync(_engine, CancellationToken);
        Assert.Equal([Volume], Volumes());
    }

    [Fact]
    public Task WithoutNotesNothingIsRemoved() => _emptied.RemoveAsync(_engine, CancellationToken);

    private void Make(string volume, string created) => File.WriteAllText(Path.Combine(_folder, "volumes", volume), created);

    private IEnumerable<string?> Volumes() => Directory.EnumerateFiles(Path.Combine(_folder, "volumes")).Select(Path.GetFileName);
}
