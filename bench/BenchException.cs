namespace Bench;

/// <summary>Something could not be measured; the message is all that its reader needs.</summary>
internal sealed class BenchException(string message) : Exception(message);
