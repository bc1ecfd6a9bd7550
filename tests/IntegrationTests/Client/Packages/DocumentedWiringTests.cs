using System.Runtime.CompilerServices;
using Xunit;

namespace IntegrationTests.Client.Packages;

public sealed class DocumentedWiringTests
{
    [Fact]
    public void EveryLineOfCodeInTheDocumentIsCompiledAndTestedHere() =>
        DocumentedCode.AssertIsTested(Here("../../../../docs/client.md"), Here("WiredApplication.cs"), Here("../KeyedClientTests.cs"), Here("../ManyKeysTests.cs"));

    private static string Here(string path, [CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, path);
}
