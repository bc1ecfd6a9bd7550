using System.Diagnostics;
using System.Globalization;

namespace Bench.Start;

/// <summary>When a program of a run comes and goes, seen from outside, as exactly as it is looked at.</summary>
/// <param name="program">What its command line contains.</param>
/// <param name="run">What its environment contains.</param>
/// <param name="after">A process that was there before it. Ids ascend, so a look costs little.</param>
internal sealed class ProgramWatch(string program, string run, int after)
{
    private int? _id;

    /// <summary>The time stamp of its start; counts once it has ended.</summary>
    public long Begun { get; private set; }

    /// <summary>The time stamp of its end; null until then.</summary>
    public long? Ended { get; private set; }

    public void Look()
    {
        if (_id is null)
        {
            Begun = Stopwatch.GetTimestamp();
            _id = Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
                .Where(id => id > after && Read(id, "cmdline").Contains(program, StringComparison.Ordinal) && Read(id, "environ").Contains(run, StringComparison.Ordinal))
                .Cast<int?>().FirstOrDefault();
        }
        else if (Ended is null && Read(_id.Value, "cmdline").Length == 0)
        {
            Ended = Stopwatch.GetTimestamp();
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
