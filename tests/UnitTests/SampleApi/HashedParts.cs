using SampleApi.Map;
using Xunit;

namespace UnitTests.SampleApi;

public sealed class HashedParts
{
    [Theory]
    [InlineData("user:42", "user:42", "No {hash tag}")]
    [InlineData("cart:{user:42}:items", "user:42", "Only the hash tag")]
    [InlineData("{a}{b}", "a", "Only the hash tag")]
    [InlineData("{{a}}", "{a", "Only the hash tag")]
    [InlineData("}{a}", "a", "Only the hash tag")]
    [InlineData("x{}{a}", "x{}{a}", "The {} is empty")]
    [InlineData("x{a", "x{a", "The { is never closed")]
    public void WhatStandsBetweenTheFirstBracesIsHashed(string key, string part, string reason)
    {
        var (found, why) = HashedPart.Of(key);
        Assert.Equal(part, found);
        Assert.StartsWith(reason, why, StringComparison.Ordinal);
    }
}
