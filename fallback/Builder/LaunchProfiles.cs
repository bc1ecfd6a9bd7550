using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The launch profile that a project runs with.</summary>
internal sealed record LaunchProfileAnnotation(string Name, LaunchProfile Profile) : IResourceAnnotation;

/// <summary>Reads Properties/launchSettings.json and chooses a profile as <c>dotnet run</c> does.</summary>
internal static class LaunchProfiles
{
    private static readonly JsonSerializerOptions Json = new() { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="project">Where the launch settings are.</param>
    /// <param name="wanted">The profile to take, which must exist.</param>
    /// <param name="preferred">The profile to take when it exists: that of the AppHost itself.</param>
    public static LaunchProfileAnnotation? Choose(IProjectMetadata project, string? wanted, string? preferred)
    {
        var profiles = (project.LaunchSettings ?? Read(project.ProjectPath))?.Profiles ?? [];
        if (wanted is not null)
        {
            return profiles.TryGetValue(wanted, out var named)
                ? new LaunchProfileAnnotation(wanted, named)
                : throw new DistributedApplicationException($"Launch settings of '{project.ProjectPath}' have no profile '{wanted}'.");
        }

        if (preferred is not null && profiles.TryGetValue(preferred, out var same) && IsProject(same))
        {
            return new LaunchProfileAnnotation(preferred, same);
        }

        return profiles.Where(profile => IsProject(profile.Value)).Select(profile => new LaunchProfileAnnotation(profile.Key, profile.Value)).FirstOrDefault();
    }

    private static bool IsProject(LaunchProfile profile) => profile.CommandName == "Project";

    private static LaunchSettings? Read(string projectPath)
    {
        if (!File.Exists(projectPath))
        {
            throw new DistributedApplicationException($"Project file '{projectPath}' was not found.");
        }

        var path = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<LaunchSettings>(file, Json);
        }
        catch (JsonException malformed)
        {
            throw new DistributedApplicationException($"The launch settings '{path}' are not valid JSON: {malformed.Message}", malformed);
        }
    }
}
