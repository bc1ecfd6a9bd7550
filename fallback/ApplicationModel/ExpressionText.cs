using System.Globalization;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the interpolated string handlers write into: a composite format and the values of its holes.</summary>
internal sealed class ExpressionText(int literalLength, int valueCount)
{
    private readonly StringBuilder _format = new(literalLength);
    private readonly List<IValueProvider> _values = new(valueCount);
    private readonly List<string> _manifestExpressions = new(valueCount);
    private readonly List<string?> _stringFormats = new(valueCount);

    public bool IsEmpty => _format.Length == 0;

    public static string? Apply(string? format, string? value) => (format, value) switch
    {
        (null, _) or (_, null) => value,
        ("uri", _) => Uri.EscapeDataString(value),
        _ => throw new FormatException($"The format '{format}' is not supported in a reference expression; use 'uri'."),
    };

    public ExpressionText Reserve(int literalLength, int valueCount)
    {
        _format.EnsureCapacity(_format.Length + literalLength);
        _values.EnsureCapacity(_values.Count + valueCount);
        return this;
    }

    // Braces of the text must not become holes of the format.
    public void AppendLiteral(string? text) =>
        _format.Append(text?.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void AppendValue(IValueProvider value, string manifestExpression, string? format)
    {
        _format.Append(CultureInfo.InvariantCulture, $"{{{_values.Count}}}");
        _values.Add(value);
        _manifestExpressions.Add(manifestExpression);
        _stringFormats.Add(format);
    }

    public ReferenceExpression Build() => new(_format.ToString(), [.. _values], [.. _manifestExpressions], [.. _stringFormats]);
}
