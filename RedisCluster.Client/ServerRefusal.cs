using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>Errors of a server that tell of its own state or of the user's rights, and nothing of the call: the same call may succeed later.</summary>
public static class ServerRefusal
{
    // Newer servers say NOPERM here too.
    private static readonly string[] RightsInAScript = ["ERR ACL failure in script", "ERR The user executing the script can't run this command"];

    /// <summary>The code, such as <c>OOM</c> or <c>CLUSTERDOWN</c>; null when the exception is no refusal of a server, or the error is about the call itself, such as <c>WRONGTYPE</c>.</summary>
    public static string? CodeOf(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is not RedisServerException { Message: var message } ? null
            : Array.Exists(RightsInAScript, words => message.StartsWith(words, StringComparison.Ordinal)) ? "NOPERM"
            : FirstWord(message) is var code && (EndsByItself(code) || IsOfWrites(code) || IsOfRights(code)) ? code : null;
    }

    /// <summary>Until a failover, a slot's move, a start or a script is over.</summary>
    internal static bool EndsByItself(string code) => code is "CLUSTERDOWN" or "LOADING" or "TRYAGAIN" or "MASTERDOWN" or "BUSY";

    /// <summary>The node reads and does not write: its memory or its disk is full, replicas are missing, or it is none that is written to.</summary>
    internal static bool IsOfWrites(string code) => code is "OOM" or "MISCONF" or "NOREPLICAS" or "READONLY";

    /// <summary>The user may not do it.</summary>
    internal static bool IsOfRights(string code) => code is "NOPERM" or "NOAUTH" or "WRONGPASS";

    /// <summary>What an error begins with; the rest may quote arguments.</summary>
    internal static string FirstWord(string message) => message.IndexOf(' ', StringComparison.Ordinal) is var end and >= 0 ? message[..end] : message;
}
