using System.Globalization;

namespace EndToEndTests.App;

/// <summary>Writes how long starts and ends took, for people: a machine that runs other tests is too noisy for a tight assertion.</summary>
internal static class StartTimes
{
    public static void Record(string run, string reached, TimeSpan time) =>
        File.AppendAllText(Path.Combine(Repository.Records, "start-times.txt"), string.Create(CultureInfo.InvariantCulture, $"{run}: {reached} after {time.TotalSeconds:0.0} s\n"));
}
