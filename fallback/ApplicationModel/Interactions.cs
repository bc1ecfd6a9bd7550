using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Aspire.Hosting;

/// <summary>Something a command asks for.</summary>
public sealed class InteractionInput
{
    public required string Name { get; init; }

    public string? Label { get; init; }

    public string? Description { get; init; }

    public bool EnableDescriptionMarkdown { get; init; }

    public required InputType InputType { get; init; }

    public bool Required { get; init; }

    /// <summary>For a choice: what is sent and what is shown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Options { get; set; }

    public string? Value { get; set; }

    public string? Placeholder { get; set; }

    public bool AllowCustomChoice { get; init; }

    public bool Disabled { get; set; }

    public int? MaxLength { get; init; }

    internal List<string> ValidationErrors { get; } = [];

    internal InteractionInput WithValue(string? value) => new()
    {
        Name = Name,
        Label = Label,
        Description = Description,
        EnableDescriptionMarkdown = EnableDescriptionMarkdown,
        InputType = InputType,
        Required = Required,
        Options = Options,
        Value = value,
        Placeholder = Placeholder,
        AllowCustomChoice = AllowCustomChoice,
        Disabled = Disabled,
        MaxLength = MaxLength,
    };
}

public enum InputType
{
    Text,
    SecretText,
    Choice,
    Boolean,
    Number,
}

/// <summary>Inputs with their values, by name.</summary>
public sealed class InteractionInputCollection : IReadOnlyList<InteractionInput>
{
    private readonly InteractionInput[] _inputs;

    public InteractionInputCollection(IReadOnlyList<InteractionInput> inputs)
    {
        _inputs = [.. inputs];
        if (_inputs.GroupBy(input => input.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } duplicate)
        {
            throw new InvalidOperationException($"Duplicate input name '{duplicate.Key}' found. Input names must be unique.");
        }
    }

    public int Count => _inputs.Length;

    public IEnumerable<string> Names => _inputs.Select(input => input.Name);

    public InteractionInput this[int index] => _inputs[index];

    public InteractionInput this[string name] =>
        TryGetByName(name, out var input) ? input : throw new KeyNotFoundException($"No input with name '{name}' was found.");

    public bool TryGetByName(string name, [NotNullWhen(true)] out InteractionInput? input)
    {
        input = Array.Find(_inputs, candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return input is not null;
    }

    public bool ContainsName(string name) => TryGetByName(name, out _);

    public string? GetString(string name) => this[name].Value;

    public bool GetBoolean(string name) => bool.Parse(Required(name));

    public int GetInt32(string name) => int.Parse(Required(name), CultureInfo.InvariantCulture);

    public double GetDouble(string name) => double.Parse(Required(name), CultureInfo.InvariantCulture);

    public IEnumerator<InteractionInput> GetEnumerator() => _inputs.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string Required(string name) => GetString(name) ?? throw new InvalidOperationException($"Input '{name}' does not have a value.");
}

/// <summary>Where a validation callback reports what is wrong with the inputs.</summary>
public sealed class InputsDialogValidationContext
{
    public required InteractionInputCollection Inputs { get; init; }

    public required CancellationToken CancellationToken { get; init; }

    public required IServiceProvider Services { get; init; }

    internal bool HasErrors { get; private set; }

    public void AddValidationError(string inputName, string errorMessage) => AddValidationError(Inputs[inputName], errorMessage);

    public void AddValidationError(InteractionInput input, string errorMessage)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentException.ThrowIfNullOrEmpty(errorMessage);
        input.ValidationErrors.Add(errorMessage);
        HasErrors = true;
    }
}
