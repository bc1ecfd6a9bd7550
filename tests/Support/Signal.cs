using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Support;

internal static partial class Signal
{
    private const int Interrupt = 2;
    private const int Kill = 9;

    /// <summary>What Ctrl-C in a terminal does: the whole process group gets SIGINT.</summary>
    public static void InterruptGroup(int group) => Send(-group, Interrupt);

    public static void KillProcess(int id) => Send(id, Kill);

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
