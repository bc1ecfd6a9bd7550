using System.Diagnostics;

namespace SampleApi;

/// <summary>Commands that nobody wants to see as spans: there are too many of them, and each is like the others. They are measured all the same.</summary>
internal static class Untraced
{
    /// <summary>An activity that is not recorded, and so nothing below it; until it is disposed.</summary>
    internal static Activity Begin(string name) => new Activity(name) { IsAllDataRequested = false }.Start();
}
