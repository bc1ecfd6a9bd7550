using System.Diagnostics;

namespace RedisCluster.Testing;

/// <summary>
/// Ends servers and removes their folders also when the test run itself is killed: a shell that reads their names from a pipe
/// and acts when the pipe closes, which the operating system does for us even after SIGKILL.
/// </summary>
internal sealed class LastWill
{
    private const string Script = """
        pids=' '; folders=''
        while read -r verb what; do
          case $verb in
            process) pids="$pids$what ";;
            ended) pids="${pids%% $what *} ${pids#* $what }";;
            folder) folders="$folders $what";;
          esac
        done
        for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
        # Those that were started and not named yet; Linux knows them by their folder.
        kill_in() {
          for pid in $(ls -l /proc/[0-9]*/cwd 2>/dev/null | sed -n "s|.*/proc/\([0-9]*\)/cwd -> $1/.*|\1|p"); do kill -KILL "$pid" 2>/dev/null; done
        }
        for folder in $folders; do
          [ -e "$folder" ] || continue
          for attempt in 1 2 3 4 5 6 7 8 9 10; do
            kill_in "$folder"
            rm -rf "$folder" 2>/dev/null && break
            sleep 1 # One that was killed may not be gone yet, and write.
          done
          kill_in "$folder"
        done
        """;

    private static readonly Lazy<LastWill?> Instance = new(() => OperatingSystem.IsWindows() ? null : new LastWill()); // Windows has no such shell.

    private readonly Process _shell;
    private readonly Lock _gate = new();

    private LastWill()
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        // Signals of a terminal reach the whole group: the shell outlives Ctrl-C to do its work.
        start.ArgumentList.Add("trap '' INT TERM HUP\n" + Script);
        _shell = Process.Start(start) ?? throw new InvalidOperationException("Expected /bin/sh to start.");
        _shell.StandardInput.AutoFlush = true;
    }

    public static void Ends(int processId) => Instance.Value?.Write($"process {processId}");

    public static void Forget(int processId) => Instance.Value?.Write($"ended {processId}");

    public static void Removes(string folder) => Instance.Value?.Write($"folder {folder}");

    private void Write(string line)
    {
        lock (_gate)
        {
            _shell.StandardInput.WriteLine(line);
        }
    }
}
