using Bench;
using Xunit;

namespace UnitTests.Bench;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("forming healing --quick")]
    [InlineData("--list")]
    [InlineData("failover --kills 20 --rounds 3")]
    [InlineData("campaign --minutes 0.5 --seed 17")]
    [InlineData("campaign --containers --image redis:8.6")]
    public void PartsAndOptionsAreAccepted(string arguments) => Assert.Empty(CommandLine.Create().Parse(arguments).Errors);

    [Theory]
    [InlineData("form", "form")]
    [InlineData("--rounds 0", "--rounds must be at least 1.")]
    [InlineData("--kills 0", "--kills must be at least 1.")]
    [InlineData("campaign --replay missing.txt", "missing.txt")]
    [InlineData("campaign --minutes -1", "--minutes must be more than 0.")]
    public void WhatCannotBeMeasuredIsRefusedWithTheWord(string arguments, string word) =>
        Assert.Contains(CommandLine.Create().Parse(arguments).Errors, error => error.Message.Contains(word, StringComparison.Ordinal));
}
