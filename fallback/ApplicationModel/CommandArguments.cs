using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Checks what a command was given against what it asked for.</summary>
internal static class CommandArguments
{
    public static async Task<bool> ValidateAsync(ResourceCommandAnnotation command, InteractionInputCollection arguments, IServiceProvider services, CancellationToken cancellationToken)
    {
        var context = new InputsDialogValidationContext { Inputs = arguments, CancellationToken = cancellationToken, Services = services };
        foreach (var argument in arguments.Where(argument => !argument.Disabled))
        {
            argument.Value = argument.InputType == InputType.SecretText ? argument.Value : argument.Value?.Trim();
            if (Problem(argument) is { } problem)
            {
                context.AddValidationError(argument, problem);
            }
        }

        if (!context.HasErrors && command.ValidateArguments is { } validate)
        {
            await validate(context);
        }

        return !context.HasErrors;
    }

    public static string Problems(InteractionInputCollection arguments) => "Command argument validation failed. "
        + string.Join(" ", arguments.SelectMany(argument => argument.ValidationErrors.Select(error => $"{argument.Label ?? argument.Name}: {error}")));

    private static string? Problem(InteractionInput argument)
    {
        if (string.IsNullOrEmpty(argument.Value))
        {
            return argument.Required ? "Value is required." : null;
        }

        return argument.InputType switch
        {
            InputType.Text or InputType.SecretText when argument.MaxLength is { } maxLength && argument.Value.Length > maxLength => $"Value length exceeds {maxLength} characters.",
            InputType.Choice when !argument.AllowCustomChoice && argument.Options?.All(option => option.Key != argument.Value) == true => "Value must be one of the provided options.",
            InputType.Boolean when !bool.TryParse(argument.Value, out _) => "Value must be a valid boolean.",
            InputType.Number when !double.TryParse(argument.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => "Value must be a valid number.",
            _ => null,
        };
    }
}
