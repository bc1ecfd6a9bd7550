using System.Runtime.InteropServices;
using Support;

namespace EndToEndTests.App;

/// <summary>An image with Node.js, Python and .NET of this machine, and what clients in it need beside them.</summary>
internal static class ClientImage
{
    private const string Python = "/usr/bin/python3";
    private static readonly string[] DotnetFolders = ["shared/Microsoft.NETCore.App", "shared/Microsoft.AspNetCore.App", "host/fxr"];
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);
    private static readonly Lazy<Task<string>> RedisPy = new(UnpackRedisPyAsync);

    public static async Task<string> NameAsync(CancellationToken cancellationToken)
    {
        await ContainerEngine.RequireAsync(cancellationToken);
        Runner.Require(OperatingSystem.IsLinux(), "Only Linux can give its own programs to a container.");
        Runner.Require(Tool.Find("node") is not null && File.Exists(Python), $"node is not on PATH or {Python} does not exist: install nodejs and python3.");
        return await Made.Value.WaitAsync(cancellationToken);
    }

    /// <summary>The folder with the packages redis and async_timeout of Python.</summary>
    public static Task<string> RedisPyAsync(CancellationToken cancellationToken) => RedisPy.Value.WaitAsync(cancellationToken);

    /// <summary>SampleApi as it was built with these tests.</summary>
    public static string SampleApi
    {
        get
        {
            var tests = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(tests.Parent!.Parent!.FullName, "SampleApi", tests.Name);
        }
    }

    private static async Task<string> MakeAsync()
    {
        var runtime = $"{Environment.Version}";
        var dotnet = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent!.Parent!.Parent!.FullName;
        var library = (await Tool.RunAsync(Python, ["-c", "import sysconfig; print(sysconfig.get_path('stdlib'), end='')"], Runner.Token)).Trim();
        string[] folders = [library, .. DotnetFolders.Select(folder => Path.Combine(dotnet, folder, runtime))];
        var name = $"redis-cluster-aspire/clients:{runtime}";
        await Tool.RunAsync(
            Repository.PathOf("eng", "images", "from-host"),
            [name, "node", Python, Path.Combine(dotnet, "dotnet"), .. folders.Select(folder => $"{folder}:{folder}"), "--change", "ENV PYTHONPATH=/python DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1"],
            CancellationToken.None);
        return name;
    }

    // Python's own packages are those of the distribution here, too old for an address map.
    private static async Task<string> UnpackRedisPyAsync()
    {
        var folder = Repository.PathOf("artifacts", "end-to-end", "python");
        var packages = Path.Combine(folder, "usr", "lib", "python3", "dist-packages");
        if (Directory.Exists(packages))
        {
            return packages;
        }

        var work = Directory.CreateTempSubdirectory("redis-py-").FullName;
        try
        {
            var apt = await PrivateApt.CreateAsync(work, "trixie", CancellationToken.None);
            await apt.UpdateAsync(CancellationToken.None);
            foreach (var archive in await apt.DownloadAsync(["python3-redis", "python3-async-timeout"], CancellationToken.None))
            {
                await Tool.RunAsync("dpkg-deb", ["--extract", archive, folder], CancellationToken.None);
            }

            return packages;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
