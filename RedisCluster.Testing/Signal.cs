using System.ComponentModel;
using System.Runtime.InteropServices;

namespace RedisCluster.Testing;

internal static partial class Signal
{
    private const int Interrupt = 2;
    private const int Kill = 9;

    private static readonly (int Stop, int Continue) OfHanging = OperatingSystem.IsMacOS() ? (17, 19) : (19, 18);

    /// <summary>What Ctrl-C in a terminal does: the whole process group gets SIGINT.</summary>
    public static void InterruptGroup(int group) => Send(-group, Interrupt);

    public static void KillProcess(int id) => Send(id, Kill);

    public static void StopProcess(int id) => Send(id, OfHanging.Stop);

    public static void ContinueProcess(int id) => Send(id, OfHanging.Continue);

    /// <summary>Kills a process and what it forked. <see cref="System.Diagnostics.Process.Kill(bool)"/> reads all processes of the machine for that.</summary>
    public static void KillWithChildren(System.Diagnostics.Process process)
    {
        var file = $"/proc/{process.Id}/task/{process.Id}/children";
        if (!File.Exists(file))
        {
            process.Kill(entireProcessTree: true);
            return;
        }

        var children = File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        process.Kill();
        foreach (var child in children)
        {
            _ = SendSignal(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture), Kill); // It may have ended by itself.
        }
    }

    private static void Send(int target, int signal)
    {
        if (SendSignal(target, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"kill({target}, {signal}) failed");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int target, int signal);
}
