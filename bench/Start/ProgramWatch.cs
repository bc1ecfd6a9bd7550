using System.Diagnostics;
using System.Globalization;

namespace Bench.Start;

/// <summary>How long a program of a run is there, seen from outside, as exactly as it is looked at.</summary>
/// <param name="program">What its command line contains.</param>
/// <param name="run">What its environment contains.</param>
/// <param name="after">A process that was there before it. Ids ascend, so a look costs little.</param>
internal sealed class ProgramWatch(string program, string run, int after)
{
    private int? _id;
    private long _seen;

    /// <summary>Null until it has ended.</summary>
    public TimeSpan? Elapsed { get; private set; }

    public void Look()
    {
        if (_id is null)
        {
            _seen = Stopwatch.GetTimestamp();
            _id = Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
                .Where(id => id > after && Read(id, "cmdline").Contains(program, StringComparison.Ordinal) && Read(id, "environ").Contains(run, StringComparison.Ordinal))
                .Cast<int?>().FirstOrDefault();
        }
        else if (Elapsed is null && Read(_id.Value, "cmdline").Length == 0)
        {
            Elapsed = Stopwatch.GetElapsedTime(_seen);
        }
    }

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/{file}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // It has ended, or is another user's.
        }
    }
}
