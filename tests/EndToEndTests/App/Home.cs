using System.Security.Cryptography.X509Certificates;

namespace EndToEndTests.App;

/// <summary>A home folder of its own for one run: certificates, secrets and keys of the machine's user are neither seen nor touched.</summary>
internal sealed class Home : IDisposable
{
    private static readonly string userHome = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("e2e-home-");

    public Home()
    {
        // What is large and was fetched once: linked one by one, since AppHost writes files beside them.
        var caches = Directory.CreateDirectory(Path.Combine(Cache, "redis-cluster-aspire"));
        var usersCache = Path.Combine(NotEmpty("XDG_CACHE_HOME") ?? Path.Combine(userHome, ".cache"), caches.Name);
        foreach (var fetched in Directory.Exists(usersCache) ? Directory.GetDirectories(usersCache) : [])
        {
            Directory.CreateSymbolicLink(Path.Combine(caches.FullName, Path.GetFileName(fetched)), fetched);
        }
    }

    /// <summary>What a program has to be started with to be at home there.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["HOME"] = folder.FullName,
        ["XDG_CACHE_HOME"] = Cache,
        // The SDK's own notes stay where they are: else it greets a new user, and makes a certificate unasked.
        ["DOTNET_CLI_HOME"] = NotEmpty("DOTNET_CLI_HOME") ?? userHome,
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        // Where an installed Aspire CLI has the orchestrator and the dashboard.
        ["ASPIRE_HOME"] = NotEmpty("ASPIRE_HOME") ?? Path.Combine(userHome, ".aspire"),
    };

    private string Cache => Path.Combine(folder.FullName, ".cache");

    /// <summary>Makes ASP.NET Core's development certificate as the README says, but trusted by nobody.</summary>
    /// <returns>The certificate without its key.</returns>
    public async Task<X509Certificate2> MakeDevelopmentCertificateAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder.FullName, "certificate.pem");
        (await Tool.RunAsync("dotnet", ["dev-certs", "https", "--export-path", file, "--format", "Pem", "--no-password"], cancellationToken, environment: Environment)).Succeeded();
        return X509CertificateLoader.LoadCertificateFromFile(file);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static string? NotEmpty(string variable) => System.Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
