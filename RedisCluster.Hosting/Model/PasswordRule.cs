namespace RedisCluster.Hosting.Model;

/// <summary>What a password must not contain, because connection strings and config files would end it there or drop it.</summary>
internal static class PasswordRule
{
    /// <summary>One sentence on what is wrong, which does not show the value; null when nothing is.</summary>
    public static string? Problem(string parameter, string? value)
    {
        var found = value switch
        {
            null or "" => "is empty",
            _ when value.Contains(',', StringComparison.Ordinal) => "contains a comma (,)",
            _ when value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0 => "contains a line break",
            _ when value.Trim() != value => "begins or ends with a blank",
            _ => null,
        };
        return found is null ? null
            : $"The parameter {parameter} {found}; expected a password without commas, line breaks and blanks at its ends, because connection strings cannot hold these. Change Parameters:{parameter}.";
    }
}
