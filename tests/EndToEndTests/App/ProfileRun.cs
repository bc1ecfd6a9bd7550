namespace EndToEndTests.App;

/// <summary>A run on the ports of a launch profile, which have to be free.</summary>
internal static class ProfileRun
{
    /// <summary>Starts it, lets a test use it once SampleApi is healthy, ends it, and removes its data.</summary>
    public static async Task UseAsync(AppHostSettings settings, Func<AppHostRun, Task> use, CancellationToken cancellationToken)
    {
        var busy = settings.Ports.Where(port => !FreePorts.IsFree(port)).ToList();
        Requirement.Holds(busy.Count == 0, $"ports of the launch profile are in use: {string.Join(", ", busy)}");
        try
        {
            await using var run = await AppHostRun.StartAsync(settings, cancellationToken);
            await run.WaitUntilHealthyAsync(TimeSpan.FromMinutes(4), cancellationToken);
            await use(run);
        }
        finally
        {
            await Data.RemoveAsync(settings, cancellationToken);
        }
    }
}
