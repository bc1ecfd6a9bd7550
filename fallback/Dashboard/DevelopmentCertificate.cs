using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>The certificate that .NET gives a development machine; addresses with https cannot be served without one.</summary>
internal static class DevelopmentCertificate
{
    private const string Extension = "1.3.6.1.4.1.311.84.1.1";
    private const string OwnCertificate = "Kestrel:Certificates:Default:Path";

    /// <exception cref="DistributedApplicationException">An address wants a certificate and this machine has none.</exception>
    public static void RequireFor(IEnumerable<(string Setting, Uri Url)> addresses, IConfiguration configuration)
    {
        if (addresses.FirstOrDefault(address => address.Url.Scheme == Uri.UriSchemeHttps) is ({ } setting, { } url)
            && string.IsNullOrEmpty(configuration[OwnCertificate])
            && !Exists())
        {
            throw new DistributedApplicationException($"""
                {setting} is {url.GetLeftPart(UriPartial.Authority)}, and this machine has no development certificate for https.
                Make one with 'dotnet dev-certs https --trust', or start without: dotnet run --project AppHost --launch-profile http
                """);
        }
    }

    private static bool Exists()
    {
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        var certificates = store.Certificates;
        var now = TimeProvider.System.GetLocalNow().DateTime;
        try
        {
            return certificates.Any(certificate => certificate.HasPrivateKey && certificate.NotBefore <= now && now <= certificate.NotAfter
                && certificate.Extensions.Any(extension => extension.Oid?.Value == Extension));
        }
        finally
        {
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }
}
