namespace SampleApi.Problems;

/// <summary>
/// A name in a path that becomes part of a Redis key: 1 to 64 letters, digits, dots, underscores and dashes. Without braces, so that the hash tag of
/// the key, and with it the slot, is the one that this API gave it.
/// </summary>
internal static class RequestedName
{
    internal const int MaxLength = 64;

    /// <param name="name">As routed.</param>
    /// <param name="what">What it names, for the message.</param>
    /// <exception cref="BadRequestException">It is empty, too long, or has other characters.</exception>
    internal static string Read(string name, string what) =>
        name.Length is > 0 and <= MaxLength && name.All(IsAllowed)
            ? name
            : throw new BadRequestException($"The {what} is '{(name.Length <= MaxLength ? name : name[..MaxLength] + "…")}': expected 1 to {MaxLength} letters, digits, dots, underscores and dashes.");

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-';
}
