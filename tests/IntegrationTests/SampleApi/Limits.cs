using System.Net.Http.Json;
using SampleApi.Patterns.RateLimits;
using Support;

namespace IntegrationTests.SampleApi;

/// <summary>What an instance has configured now, seen by a request.</summary>
internal static class Limits
{
    public static async Task BecomesAsync(HttpClient client, int limit)
    {
        long? last = null;
        await Eventually.HoldsAsync($"the limit is {limit}", async token => (last = (await PolicyAsync(client, token))?.Limit) == limit, TimeSpan.FromSeconds(20), () => $"{last}");
    }

    // A caller of its own each time, so that asking does not use it up.
    public static async Task<Policy?> PolicyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/limits") { Headers = { { "X-Api-Key", $"{Guid.NewGuid():N}" } } };
        using var answer = await client.SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<Allowance>(cancellationToken))!.Policies[0] : null;
    }
}
