using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Xunit;
using static UnitTests.Fallback.TestApplication;

namespace UnitTests.Fallback;

public sealed class ParameterTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fallback-");

    private string SecretsPath => Path.Combine(_directory.FullName, "secrets.json");

    [Fact]
    public void AGeneratedSecretIsKeptForTheNextRunBesideTheOthers()
    {
        File.WriteAllText(SecretsPath, """{ "Other": { "Nested": "kept" } }""");

        var first = Generate();
        var second = Generate();

        Assert.Equal(first, second);
        var secrets = JsonNode.Parse(File.ReadAllText(SecretsPath))!.AsObject();
        Assert.Equal(first, (string?)secrets["Parameters:redis-password"]);
        Assert.Equal("kept", (string?)secrets["Other:Nested"]);
        Assert.Equal(["secrets.json"], _directory.GetFiles().Select(file => file.Name));

        string Generate() => new UserSecretsParameterDefault("Parameters:redis-password", new GenerateParameterDefault { Special = false }, new UserSecrets(SecretsPath)).GetDefaultValue();
    }

    [Fact]
    public void OnlyTheUserCanReadTheSecrets()
    {
        new UserSecrets(SecretsPath).GetOrAdd("Parameters:password", () => "secret");

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SecretsPath));
            return;
        }

        Assert.Skip("Windows keeps files of a user's profile to the user.");
    }

    [Fact]
    public void AGeneratedValueHasItsLengthAndItsKindsOfCharacters()
    {
        var value = new GenerateParameterDefault { MinLength = 30, Special = false, MinUpper = 3, MinNumeric = 4 }.GetDefaultValue();

        Assert.Equal(30, value.Length);
        Assert.All(value, c => Assert.True(char.IsAsciiLetterOrDigit(c)));
        Assert.True(value.Count(char.IsAsciiLetterUpper) >= 3);
        Assert.True(value.Count(char.IsAsciiDigit) >= 4);
    }

    [Fact]
    public async Task ConfigurationWinsOverTheDefault()
    {
        await using var app = new TestApplication("--Parameters:password=mine");
        var password = app.Builder.AddParameter("password", new GenerateParameterDefault(), secret: true);

        Assert.Equal("mine", await password.Resource.GetValueAsync(Token));
    }

    [Fact]
    public async Task AParameterShowsItsValueOrThatItHasNone()
    {
        await using var app = new TestApplication("--Parameters:password=mine");
        app.Builder.AddParameter("password", secret: true);
        app.Builder.AddParameter("missing");

        await app.StartAsync();

        Assert.Equal(KnownResourceStates.Running, app.Snapshot("password").State?.Text);
        var shown = app.Snapshot("password").Properties.Single(property => property.Name == "Value");
        Assert.Equal(("mine", true), (shown.Value, shown.IsSensitive));
        Assert.Equal(KnownResourceStates.ValueMissing, app.Snapshot("missing").State?.Text);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
