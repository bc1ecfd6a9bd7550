using Xunit;

namespace IntegrationTests;

/// <summary>Code in documents is code that tests compile and run, line by line.</summary>
internal static class DocumentedCode
{
    /// <param name="document">Its path.</param>
    /// <param name="tests">The files that have its lines.</param>
    public static void AssertIsTested(string document, params string[] tests)
    {
        var tested = tests.SelectMany(File.ReadAllLines).Select(line => line.Trim()).ToHashSet();
        var documented = CodeOf(File.ReadAllLines(document)).ToList();
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
}
