using System.Security.Cryptography.X509Certificates;

namespace EndToEndTests.App;

/// <summary>A home folder of its own for one run: certificates, secrets and keys of the machine's user are neither seen nor touched.</summary>
internal sealed class Home : IDisposable
{
    private static readonly string UserHome = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("e2e-home-");

    public Home()
    {
        // What is large and was fetched once: linked one by one, since AppHost writes files beside them.
        var caches = Directory.CreateDirectory(Path.Combine(Cache, "redis-cluster-aspire"));
        var usersCache = Path.Combine(NotEmpty("XDG_CACHE_HOME") ?? Path.Combine(UserHome, ".cache"), caches.Name);
        foreach (var fetched in Directory.Exists(usersCache) ? Directory.GetDirectories(usersCache) : [])
        {
            Directory.CreateSymbolicLink(Path.Combine(caches.FullName, Path.GetFileName(fetched)), fetched);
        }
    }

    /// <summary>What a program has to be started with to be at home there.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["HOME"] = _folder.FullName,
        ["XDG_CACHE_HOME"] = Cache,
        // The SDK's own notes stay where they are: else it greets a new user, and makes a certificate unasked.
        ["DOTNET_CLI_HOME"] = NotEmpty("DOTNET_CLI_HOME") ?? UserHome,
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        // On Linux, what dev-certs --trust asks its user to set.
        ["SSL_CERT_DIR"] = $"{Path.Combine(_folder.FullName, ".aspnet", "dev-certs", "trust")}:/etc/ssl/certs",
    };

    private string Cache => Path.Combine(_folder.FullName, ".cache");

    /// <summary>Makes ASP.NET Core's development certificate as the README says, trusted by programs that are started here.</summary>
    /// <returns>The certificate without its key.</returns>
    public async Task<X509Certificate2> MakeDevelopmentCertificateAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(_folder.FullName, "certificate.pem");
        // Its exit code speaks of browsers too, which have stores of their own; whether .NET trusts it, the dashboard shows.
        await ToolRun.StartAsync(
            "dotnet", ["dev-certs", "https", "--trust", "--export-path", file, "--format", "Pem", "--no-password"], cancellationToken, environment: Environment);
        return X509CertificateLoader.LoadCertificateFromFile(file);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string? NotEmpty(string variable) => System.Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
