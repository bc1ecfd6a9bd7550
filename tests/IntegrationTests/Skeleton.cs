using Xunit;

namespace IntegrationTests;

public sealed class Skeleton
{
    [Fact]
    public void Builds() => Assert.True(typeof(Skeleton).IsClass);
}
