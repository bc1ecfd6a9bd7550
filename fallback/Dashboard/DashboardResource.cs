using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard;

/// <summary>The dashboard's process: a resource like the others, hidden.</summary>
internal static class DashboardResource
{
    public const string Name = "aspire-dashboard";

    /// <param name="path">The program; its argument <c>dashboard</c> makes it the dashboard.</param>
    /// <param name="settings">Where it listens.</param>
    /// <param name="resourceService">Where it finds the resources, once that is known.</param>
    public static ExecutableResource Create(string path, DashboardSettings settings, Task<Uri> resourceService)
    {
        var dashboard = new ExecutableResource(Name, path, Path.GetDirectoryName(path)!);
        dashboard.Annotations.Add(new HiddenAnnotation(HiddenBehavior.Always));
        dashboard.Annotations.Add(new ResourceIconAnnotation("ContentView"));
        dashboard.Annotations.Add(new CommandLineArgsCallbackAnnotation(arguments => arguments.Add("dashboard")));
        dashboard.Annotations.Add(new EnvironmentCallbackAnnotation(async context =>
        {
            foreach (var (name, value) in Environment(settings, await resourceService))
            {
                context.EnvironmentVariables[name] = value;
            }
        }));
        return dashboard;
    }

    internal static IEnumerable<KeyValuePair<string, string>> Environment(DashboardSettings settings, Uri resourceService)
    {
        yield return new("ASPNETCORE_ENVIRONMENT", settings.Environment);
        yield return new(DashboardSettings.UrlsSetting, string.Join(';', settings.Urls.Select(Authority)));
        yield return new(DashboardSettings.OtlpSetting, Authority(settings.OtlpUrl));
        if (settings.OtlpHttpUrl is { } otlpHttp)
        {
            yield return new(DashboardSettings.OtlpHttpSetting, Authority(otlpHttp));
        }

        yield return new(DashboardSettings.ResourceServiceSetting, Authority(resourceService));
        yield return new("DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE", "ApiKey");
        yield return new("DASHBOARD__RESOURCESERVICECLIENT__APIKEY", settings.ResourceServiceApiKey);
        foreach (var (section, mode, key, value) in new[]
        {
            ("FRONTEND", "BrowserToken", "BROWSERTOKEN", settings.BrowserToken),
            ("OTLP", "ApiKey", "PRIMARYAPIKEY", settings.OtlpApiKey),
            ("API", "ApiKey", "PRIMARYAPIKEY", settings.ApiKey),
        })
        {
            yield return new($"DASHBOARD__{section}__AUTHMODE", value is null ? "Unsecured" : mode);
            if (value is not null)
            {
                yield return new($"DASHBOARD__{section}__{key}", value);
            }
        }

        if (settings.TrustFile is { } trust)
        {
            yield return new(DevelopmentCertificate.TrustVariable, trust);
        }

        // Compiling better what has been called thirty times waits until nothing new was called for a second (the number is hexadecimal): the dashboard starts
        // beside all other programs, and needs a third less of the processor then.
        yield return new("DOTNET_TieredPGO", "0");
        yield return new("DOTNET_TC_CallCountingDelayMs", "3E8");

        // One JSON object a line, so that errors can be told from the rest.
        yield return new("LOGGING__CONSOLE__FORMATTERNAME", "json");
    }

    private static string Authority(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
