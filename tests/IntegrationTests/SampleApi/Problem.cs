using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc;
using Xunit;

namespace IntegrationTests.SampleApi;

internal static class Problem
{
    /// <summary>The answer is an error in the one form that errors have.</summary>
    public static async Task<ProblemDetails> ExpectAsync(HttpStatusCode status, HttpResponseMessage response)
    {
        Assert.True(status == response.StatusCode, $"Expected {(int)status} of {response.RequestMessage?.RequestUri}, found {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(TestContext.Current.CancellationToken);
        Assert.Equal((int)status, problem!.Status);
        return problem;
    }
}
