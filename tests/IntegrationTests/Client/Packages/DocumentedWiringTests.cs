using System.Runtime.CompilerServices;
using Xunit;

namespace IntegrationTests.Client.Packages;

public sealed class DocumentedWiringTests
{
    [Fact]
    public void EveryLineOfCodeInTheDocumentIsCompiledAndTestedHere()
    {
        var tested = File.ReadAllLines(Here("WiredApplication.cs")).Concat(File.ReadAllLines(Here("../KeyedClientTests.cs"))).Select(line => line.Trim()).ToHashSet();
        var documented = CodeOf(File.ReadAllLines(Here("../../../../docs/client.md"))).ToList();
        Assert.NotEmpty(documented);
        Assert.Equal([], documented.Except(tested));
    }

    private static IEnumerable<string> CodeOf(string[] document)
    {
        var isCode = false;
        foreach (var line in document)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isCode = line == "```csharp";
            }
            else if (isCode && line.Length > 0)
            {
                // What stands after the code on its line is for the reader.
                var words = line.IndexOf("  //", StringComparison.Ordinal);
                yield return (words > 0 && line.TrimStart()[0] != '/' ? line[..words] : line).Trim();
            }
        }
    }

    private static string Here(string path, [CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, path);
}
