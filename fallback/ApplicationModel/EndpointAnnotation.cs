using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A port of a resource and how it is reached.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private int? _port;
    private int? _targetPort;
    private string? _transport;
    private bool? _tlsEnabled;
    private bool? _isExplicitlyProxied;

    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        [EndpointName] string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? ProtocolName(protocol);
        Name = name ?? UriScheme;
        ModelName.Validate("endpoint", Name);
        _transport = transport;
        _port = port;
        _targetPort = targetPort;
        IsExternal = isExternal ?? false;
        _isExplicitlyProxied = isProxied;
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    /// <summary>The port that clients use. Without a proxy it is the target port unless told otherwise.</summary>
    public int? Port
    {
        get => _port ?? (IsProxied ? null : _targetPort);
        set => _port = value;
    }

    /// <summary>The port that the resource itself listens on.</summary>
    public int? TargetPort
    {
        get => _targetPort ?? (IsProxied ? null : _port);
        set => _targetPort = value;
    }

    public string UriScheme { get; set; }

    /// <summary>The host name under which the endpoint is published.</summary>
    public string TargetHost { get; set; } = KnownHosts.Localhost;

    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : ProtocolName(Protocol));
        set => _transport = value;
    }

    /// <summary>Whether the endpoint is meant for people outside of the application.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether a proxy listens on <see cref="Port"/> and forwards to <see cref="TargetPort"/>; by default it does.</summary>
    public bool IsProxied
    {
        get => _isExplicitlyProxied ?? true;
        set => _isExplicitlyProxied = value;
    }

    public bool? IsExplicitlyProxied
    {
        get => _isExplicitlyProxied;
        set => _isExplicitlyProxied = value;
    }

    /// <summary>Whether references to the whole resource leave this endpoint out.</summary>
    public bool ExcludeReferenceEndpoint { get; set; }

    public bool TlsEnabled
    {
        get => _tlsEnabled ?? UriScheme == "https";
        set => _tlsEnabled = value;
    }

    public NetworkIdentifier DefaultNetworkID { get; } = KnownNetworkIdentifiers.LocalhostNetwork;

    /// <summary>Where processes on this machine reach the endpoint, or null as long as that is not decided.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => AllAllocatedEndpoints.Find(DefaultNetworkID);
        set => AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(DefaultNetworkID, value ?? throw new ArgumentNullException(nameof(value)));
    }

    /// <summary>Where each network reaches the endpoint.</summary>
    public NetworkEndpointSnapshotList AllAllocatedEndpoints { get; } = [];

    /// <summary>Came from launchSettings.json or Kestrel, so the project is told to listen on it.</summary>
    internal bool FromLaunchProfile { get; set; }

    /// <summary>The environment variable that tells the resource its target port.</summary>
    internal string? TargetPortEnvironmentVariable { get; set; }

    private static string ProtocolName(ProtocolType protocol) => protocol == ProtocolType.Udp ? "udp" : "tcp";
}
