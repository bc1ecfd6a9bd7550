using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where a parameter gets its value when configuration has none.</summary>
public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}

/// <summary>A random text, for passwords.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // Without characters that look alike, and without any that need escaping in a URL or a connection string.
    private const string LowerCharacters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperCharacters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string NumericCharacters = "0123456789";
    private const string SpecialCharacters = "-_.{}~()*+!";

    public int MinLength { get; set; } = 22;

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override string GetDefaultValue()
    {
        (string Characters, bool Allowed, int Minimum)[] classes =
        [
            (LowerCharacters, Lower, MinLower), (UpperCharacters, Upper, MinUpper),
            (NumericCharacters, Numeric, MinNumeric), (SpecialCharacters, Special, MinSpecial),
        ];
        var all = string.Concat(classes.Where(c => c.Allowed).Select(c => c.Characters));
        if (all.Length == 0 || classes.Any(c => c.Minimum > 0 && !c.Allowed))
        {
            throw new InvalidOperationException("A generated value needs at least one kind of characters, and no minimum of a kind that is not allowed.");
        }

        var required = string.Concat(classes.Where(c => c.Minimum > 0).Select(c => RandomNumberGenerator.GetString(c.Characters, c.Minimum)));
        var value = (required + RandomNumberGenerator.GetString(all, Math.Max(0, MinLength - required.Length))).ToCharArray();
        RandomNumberGenerator.Shuffle<char>(value);
        return new string(value);
    }
}
