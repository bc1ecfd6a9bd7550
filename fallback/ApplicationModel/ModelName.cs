namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a resource or endpoint may be called: names become host names, so the rule is a DNS label's.</summary>
internal static class ModelName
{
    private const int MaxLength = 64;

    public static void Validate(string target, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (Problem(name) is { } problem)
        {
            throw new ArgumentException($"{target} name '{name}' is invalid. {problem}", nameof(name));
        }
    }

    private static string? Problem(string name)
    {
        if (name.Length > MaxLength)
        {
            return $"Name must be between 1 and {MaxLength} characters long.";
        }

        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            return "Name must contain only ASCII letters, digits, and hyphens.";
        }

        if (!char.IsAsciiLetter(name[0]))
        {
            return "Name must start with an ASCII letter.";
        }

        if (name.Contains("--", StringComparison.Ordinal))
        {
            return "Name cannot contain consecutive hyphens.";
        }

        return name[^1] == '-' ? "Name cannot end with a hyphen." : null;
    }
}
