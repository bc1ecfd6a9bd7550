namespace EndToEndTests.App;

internal static class Http
{
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
