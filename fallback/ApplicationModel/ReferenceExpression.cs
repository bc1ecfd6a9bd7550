using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text with values in it that are resolved when the text is needed: <c>ReferenceExpression.Create($"{endpoint},password={password}")</c>.</summary>
public class ReferenceExpression : IExpressionValue, IValueWithReferences
{
    public static readonly ReferenceExpression Empty = new(string.Empty, [], [], []);

    private readonly string[] _manifestExpressions;
    private readonly string?[] _stringFormats;

    internal ReferenceExpression(string format, IValueProvider[] valueProviders, string[] manifestExpressions, string?[] stringFormats)
    {
        Format = format;
        ValueProviders = valueProviders;
        _manifestExpressions = manifestExpressions;
        _stringFormats = stringFormats;
    }

    /// <summary>The text as a composite format, with a numbered hole for each value.</summary>
    public string Format { get; }

    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    public IReadOnlyList<string> ManifestExpressions => _manifestExpressions;

    /// <summary>For each value the format it was written with, such as <c>uri</c>, or null.</summary>
    public IReadOnlyList<string?> StringFormats => _stringFormats;

    public string ValueExpression => string.Format(CultureInfo.InvariantCulture, Format, _manifestExpressions);

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.GetExpression();

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken)
    {
        if (Format.Length == 0)
        {
            return null;
        }

        var values = new string?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ExpressionText.Apply(_stringFormats[i], await ValueProviders[i].GetValueAsync(context, cancellationToken));
        }

        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private readonly ExpressionText _text = new(literalLength, formattedCount);

        public readonly void AppendLiteral(string value) => _text.AppendLiteral(value);

        public readonly void AppendFormatted(string? value) => _text.AppendLiteral(value);

        public readonly void AppendFormatted(string? value, string? format = null) => _text.AppendLiteral(ExpressionText.Apply(format, value));

        public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
            _text.AppendValue(valueProvider, valueProvider.ValueExpression, format: null);

        public void AppendFormatted<T>(T valueProvider, string? format = null) where T : IValueProvider, IManifestExpressionProvider =>
            _text.AppendValue(valueProvider, valueProvider.ValueExpression, format);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            AppendFormatted(valueProvider, format: null);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format = null) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            _text.AppendValue(valueProvider.Resource, valueProvider.Resource.ValueExpression, format);

        internal readonly ReferenceExpression GetExpression() => _text.Build();
    }
}

/// <summary>Makes a <see cref="ReferenceExpression"/> piece by piece.</summary>
public class ReferenceExpressionBuilder
{
    private readonly ExpressionText _text = new(literalLength: 0, valueCount: 0);

    public bool IsEmpty => _text.IsEmpty;

    /// <summary>Appends an interpolated text; the handler has already done so when this is called.</summary>
#pragma warning disable CA1822 // The handler needs the instance, this method does not.
    public void Append([InterpolatedStringHandlerArgument("")] in ReferenceExpressionBuilderInterpolatedStringHandler handler)
#pragma warning restore CA1822
    {
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted(string? value) => _text.AppendLiteral(value);

    public void AppendFormatted(string? value, string? format = null) => _text.AppendLiteral(ExpressionText.Apply(format, value));

    public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
        AppendFormatted(valueProvider, format: null);

    public void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider =>
        _text.AppendValue(valueProvider, valueProvider.ValueExpression, format);

    public ReferenceExpression Build() => _text.Build();

    [InterpolatedStringHandler]
    public ref struct ReferenceExpressionBuilderInterpolatedStringHandler(int literalLength, int formattedCount, ReferenceExpressionBuilder builder)
    {
        private readonly ExpressionText _text = builder._text.Reserve(literalLength, formattedCount);

        public readonly void AppendLiteral(string value) => _text.AppendLiteral(value);

        public readonly void AppendFormatted(string? value) => _text.AppendLiteral(value);

        public readonly void AppendFormatted(string? value, string? format = null) => _text.AppendLiteral(ExpressionText.Apply(format, value));

        public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
            _text.AppendValue(valueProvider, valueProvider.ValueExpression, format: null);

        public void AppendFormatted<T>(T valueProvider, string? format = null) where T : IValueProvider, IManifestExpressionProvider =>
            _text.AppendValue(valueProvider, valueProvider.ValueExpression, format);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            AppendFormatted(valueProvider, format: null);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format = null) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            _text.AppendValue(valueProvider.Resource, valueProvider.Resource.ValueExpression, format);
    }
}
