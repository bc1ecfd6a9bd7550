using System.Diagnostics;
using IntegrationTests.Client;
using SampleApi.Cluster;
using Xunit;

namespace IntegrationTests.SampleApi;

/// <summary>An instance of the API as a process of its own, so that it can die as instances die.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private const string ListensPrefix = "Now listening on: ";

    private readonly Process _process;
    private readonly Task<string> _output;

    private ApiProcess(Process process, Uri address, Task<string> output)
    {
        (_process, _output) = (process, output);
        Client = new HttpClient { BaseAddress = address };
    }

    public HttpClient Client { get; }

    /// <summary>Starts it on a free port and returns when it listens.</summary>
    public static async Task<ApiProcess> StartAsync(RedisNodes nodes, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(ClusterReport).Assembly.Location);
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        start.Environment["ConnectionStrings__redis"] = FormedCluster.ConnectionString(nodes);
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("Expected dotnet to start.");
        LastWill.Ends(process.Id);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(ListensPrefix, StringComparison.Ordinal))
            {
                var address = new Uri(line[(line.IndexOf(ListensPrefix, StringComparison.Ordinal) + ListensPrefix.Length)..]);
                return new ApiProcess(process, address, process.StandardOutput.ReadToEndAsync(CancellationToken.None));
            }
        }

        throw new InvalidOperationException("Expected the API to listen, but its output ended.");
    }

    /// <summary>SIGKILL: nothing is finished and nobody is told.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        LastWill.Forget(_process.Id);
        await _output;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Client.Dispose();
        _process.Dispose();
    }
}
