using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting;

/// <summary>The user secrets file of the AppHost, the one that <c>dotnet user-secrets</c> edits.</summary>
internal sealed class UserSecrets(string path)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Lock Gate = new();

    public static UserSecrets? Of(Assembly? assembly) =>
        assembly?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId is { Length: > 0 } id ? new UserSecrets(PathHelper.GetSecretsPathFromSecretsId(id)) : null;

    /// <summary>The secret, which is made and kept when there is none.</summary>
    public string GetOrAdd(string key, Func<string> makeValue)
    {
        lock (Gate)
        {
            var secrets = Read();
            if (secrets.TryGetValue(key, out var value) && value is not null)
            {
                return value;
            }

            secrets[key] = value = makeValue();
            Write(secrets);
            return value;
        }
    }

    private Dictionary<string, string?> Read() => new ConfigurationBuilder().AddJsonFile(path, optional: true).Build()
        .AsEnumerable().Where(entry => entry.Value is not null).ToDictionary(StringComparer.OrdinalIgnoreCase);

    // A new file for its owner only, moved into place: an interrupted write leaves the old secrets.
    private void Write(Dictionary<string, string?> secrets)
    {
        var json = new JsonObject(secrets.Select(secret => KeyValuePair.Create(secret.Key, (JsonNode?)secret.Value))).ToJsonString(Indented);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(json);
        }

        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>A default that stays the same from run to run; without user secrets it does not.</summary>
internal sealed class UserSecretsParameterDefault(string key, ParameterDefault value, UserSecrets? secrets) : ParameterDefault
{
    public override string GetDefaultValue() => secrets?.GetOrAdd(key, value.GetDefaultValue) ?? value.GetDefaultValue();
}
