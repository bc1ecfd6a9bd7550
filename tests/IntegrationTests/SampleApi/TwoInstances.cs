namespace IntegrationTests.SampleApi;

/// <summary>Two instances of the API on one cluster: what one does the other must see.</summary>
internal sealed class TwoInstances : IAsyncDisposable
{
    private TwoInstances(ApiUnderTest first, ApiUnderTest second) => (First, Second) = (first, second);

    public ApiUnderTest First { get; }

    public ApiUnderTest Second { get; }

    public static TwoInstances Start(RedisNodes nodes, params (string Key, string Value)[] settings) =>
        new(ApiUnderTest.Start(nodes, settings), ApiUnderTest.Start(nodes, settings));

    /// <summary>The instances in turn, as a load balancer chooses them.</summary>
    public HttpClient this[int call] => (call % 2 == 0 ? First : Second).Client;

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
