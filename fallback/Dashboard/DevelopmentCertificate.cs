using System.Security.Cryptography.X509Certificates;
using Aspire.Hosting.Bundle;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>The certificate that .NET gives a development machine; addresses with https cannot be served without one.</summary>
internal static class DevelopmentCertificate
{
    /// <summary>Names a file of certificates that programs on Linux trust beside those of the system's folder.</summary>
    public const string TrustVariable = "SSL_CERT_FILE";

    private const string Extension = "1.3.6.1.4.1.311.84.1.1";
    private const string OwnCertificate = "Kestrel:Certificates:Default:Path";

    // Where distributions keep all authorities in one file, which the variable would hide.
    private static readonly string[] SystemFiles = ["/etc/pki/tls/cert.pem", "/etc/ssl/cert.pem", "/usr/lib/ssl/cert.pem"];

    /// <summary>Checks that addresses with https can be served.</summary>
    /// <returns>The value of <see cref="TrustVariable"/> for those who connect to them; null where the system or nobody needs to trust.</returns>
    /// <exception cref="DistributedApplicationException">An address wants a certificate and this machine has none.</exception>
    public static string? RequireFor(IEnumerable<(string Setting, Uri Url)> addresses, IConfiguration configuration)
    {
        if (addresses.FirstOrDefault(address => address.Url.Scheme == Uri.UriSchemeHttps) is not ({ } setting, { } url)
            || !string.IsNullOrEmpty(configuration[OwnCertificate]))
        {
            return null;
        }

        using var certificate = Find() ?? throw new DistributedApplicationException($"""
            {setting} is {url.GetLeftPart(UriPartial.Authority)}, and this machine has no development certificate for https.
            Make one with 'dotnet dev-certs https --trust', or start without: dotnet run --project AppHost --launch-profile http
            """);
        return OperatingSystem.IsLinux() ? WriteTrust(certificate) : null;
    }

    private static X509Certificate2? Find()
    {
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        var now = TimeProvider.System.GetLocalNow().DateTime;
        return store.Certificates
            .Where(certificate => certificate.HasPrivateKey && certificate.NotBefore <= now && now <= certificate.NotAfter
                && certificate.Extensions.Any(extension => extension.Oid?.Value == Extension))
            .MaxBy(certificate => certificate.NotAfter);
    }

    // In the user's cache, not in the temporary folder of all users: who can write it is trusted.
    private static string WriteTrust(X509Certificate2 certificate)
    {
        var own = System.Environment.GetEnvironmentVariable(TrustVariable);
        var others = (own is { Length: > 0 } ? [own] : SystemFiles).FirstOrDefault(File.Exists);
        var file = Path.Combine(Directory.CreateDirectory(AspireBundle.UserCache).FullName, $"trust-{certificate.Thumbprint}.pem");
        File.WriteAllText(file, (others is null ? "" : File.ReadAllText(others) + "\n") + certificate.ExportCertificatePem());
        return file;
    }
}
