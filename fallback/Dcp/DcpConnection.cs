using System.Security.Cryptography.X509Certificates;

namespace Aspire.Hosting.Dcp;

/// <summary>How to reach one DCP: what it wrote into its kubeconfig file, and the certificate that it was started with.</summary>
internal sealed record DcpConnection(Uri Server, string Token, byte[] Certificate)
{
    /// <summary>Takes <c>server: https://127.0.0.1:38617</c> and <c>token: szejhmre</c> out of the YAML that DCP writes.</summary>
    public static DcpConnection Parse(string kubeconfig, byte[] certificate) =>
        new(new Uri(Value(kubeconfig, "server:")), Value(kubeconfig, "token:"), certificate);

    /// <summary>Only this DCP holds the key of the certificate, which was made for it.</summary>
    public bool IsTrusted(X509Certificate? presented) => presented is not null && Certificate.AsSpan().SequenceEqual(presented.GetRawCertData());

    private static string Value(string kubeconfig, string key)
    {
        var line = kubeconfig.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line?[key.Length..].Trim().Trim('"')
            ?? throw new DistributedApplicationException($"DCP's kubeconfig was expected to contain a line '{key} ...', and does not.");
    }
}
