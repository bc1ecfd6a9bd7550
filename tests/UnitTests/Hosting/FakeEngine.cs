using RedisCluster.Hosting.Machine;
using Xunit;

namespace UnitTests.Hosting;

/// <summary>A container engine that is a shell script, which notes every question in the file <c>questions</c> beside it.</summary>
internal static class FakeEngine
{
    public static ContainerEngine Make(string folder, string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the engine is a shell script");
        var file = Path.Combine(folder, "engine");
        File.WriteAllText(file, $"#!/bin/sh\ncd \"$(dirname \"$0\")\"\necho \"$*\" >> questions\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new ContainerEngine(file);
    }

    /// <summary>What the engine in a folder was asked.</summary>
    public static IReadOnlyList<string> Questions(string folder) =>
        File.Exists(Path.Combine(folder, "questions")) ? File.ReadAllLines(Path.Combine(folder, "questions")) : [];
}
