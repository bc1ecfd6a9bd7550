using System.Security.Cryptography.X509Certificates;

namespace EndToEndTests.App;

internal static class Http
{
    /// <summary>A handler that accepts only this certificate, and that for the names it was made for; null leaves the choice to the system.</summary>
    public static SocketsHttpHandler Trusting(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler();
        if (certificate is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(certificate);
            handler.SslOptions.CertificateChainPolicy = policy;
        }
        return handler;
    }

    /// <summary>The status code, or null when nothing answers (yet).</summary>
    public static async Task<int?> StatusOrNoneAsync(HttpClient client, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The client's own timeout.
            return null;
        }
    }
}
