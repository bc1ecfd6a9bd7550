using Bench;
using Xunit;

namespace UnitTests.Bench;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("forming healing --quick")]
    [InlineData("--list")]
    [InlineData("failover --kills 20 --rounds 3")]
    public void PartsAndOptionsAreAccepted(string arguments) => Assert.Empty(CommandLine.Create().Parse(arguments).Errors);

    [Theory]
    [InlineData("form", "form")]
    [InlineData("--rounds 0", "--rounds must be at least 1.")]
    [InlineData("--kills 0", "--kills must be at least 1.")]
    public void WhatCannotBeMeasuredIsRefusedWithTheWord(string arguments, string word) =>
        Assert.Contains(CommandLine.Create().Parse(arguments).Errors, error => error.Message.Contains(word, StringComparison.Ordinal));
}
