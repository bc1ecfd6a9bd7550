using System.Globalization;

namespace EndToEndTests.App;

/// <summary>Writes how long starts took, for people: the machine is too noisy for a tight assertion.</summary>
internal static class StartTimes
{
    public static void Record(string start, TimeSpan time)
        => File.AppendAllText(Path.Combine(Repository.Records, "start-times.txt"), string.Create(CultureInfo.InvariantCulture, $"{start}: /health answered 200 after {time.TotalSeconds:0.0} s\n"));
}
