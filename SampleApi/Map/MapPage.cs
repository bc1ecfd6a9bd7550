using Microsoft.Net.Http.Headers;

namespace SampleApi.Map;

/// <summary>The files of <c>wwwroot</c>. The page asks nobody but this application, and its headers see to that.</summary>
internal static class MapPage
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <remarks>
    /// Not MapStaticAssets: its manifest names compressed copies that only a published program and the Development environment find, and an orchestrator starts the built one
    /// in whatever environment it likes. The files are small, and change together with the program: browsers ask each time whether theirs is still the right one.
    /// </remarks>
    internal static void UseMapPage(this WebApplication app)
    {
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = served =>
            {
                var headers = served.Context.Response.Headers;
                headers[HeaderNames.ContentSecurityPolicy] = Policy;
                headers[HeaderNames.XContentTypeOptions] = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                headers.CacheControl = "no-cache";
            },
        });
    }
}
