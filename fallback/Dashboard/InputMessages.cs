using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Aspire.Hosting.Dashboard;

/// <summary>What a command asks for, and the answers.</summary>
internal static class InputMessages
{
    public static Wire.InteractionInput ToMessage(InteractionInput input)
    {
        var message = new Wire.InteractionInput
        {
            Name = input.Name,
            Label = input.Label ?? input.Name,
            Description = input.Description ?? "",
            EnableDescriptionMarkdown = input.EnableDescriptionMarkdown,
            Placeholder = input.Placeholder ?? "",
            InputType = ToMessage(input.InputType),
            Required = input.Required,
            Value = input.Value ?? "",
            AllowCustomChoice = input.AllowCustomChoice,
            Disabled = input.Disabled,
            MaxLength = input.MaxLength ?? 0,
        };
        message.Options.Add(input.Options?.ToDictionary() ?? []);
        message.ValidationErrors.Add(input.ValidationErrors);
        return message;
    }

    /// <summary>The text of an answer; a checkbox says nothing when it is not ticked.</summary>
    public static string? ToValue(Wire.InteractionInput answer, InputType type) =>
        type == InputType.Boolean ? (bool.TryParse(answer.Value, out var ticked) && ticked ? "true" : "false") : answer.Value;

    /// <summary>The text of an argument that came with the request instead of from a dialog.</summary>
    public static string? ToValue(string name, Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString("R", CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        Value.KindOneofCase.NullValue => null,
        _ => throw new RpcException(new Status(StatusCode.InvalidArgument, $"The argument '{name}' is a {value.KindCase}; expected a text, a number, a boolean or null.")),
    };

    private static Wire.InputType ToMessage(InputType type) => type switch
    {
        InputType.Text => Wire.InputType.Text,
        InputType.SecretText => Wire.InputType.SecretText,
        InputType.Choice => Wire.InputType.Choice,
        InputType.Boolean => Wire.InputType.Boolean,
        InputType.Number => Wire.InputType.Number,
        _ => Wire.InputType.Unspecified,
    };
}
