namespace RedisCluster.Servers;

/// <summary>The script beside an unpacked server, or its client, that starts it with the libraries of its own folder.</summary>
internal static class ServerLauncher
{
    /// <summary>Writes <c>folder/name</c> for the program in <c>folder/root</c>; the script works wherever the folder is moved.</summary>
    public static void Write(string folder, string name)
    {
        var root = Path.Combine(folder, "root");
        var libraries = string.Join(':', Directory.EnumerateFiles(root, "lib*.so*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".py", StringComparison.Ordinal))   // libstdc++.so.6.0.30-gdb.py
            .Select(file => "$here/" + Path.GetRelativePath(folder, Path.GetDirectoryName(file)!))
            .Distinct()
            .Order(StringComparer.Ordinal));
        var program = $"\"$here/root/usr/bin/{name}\"";

        // An unpacked libc runs only under the loader it came with; without one the system's loader and libc serve.
        var loader = Directory.EnumerateFiles(root, "ld-linux*.so.*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault();
        var command = (loader, libraries) switch
        {
            (not null, _) => $"exec \"$here/{Path.GetRelativePath(folder, loader)}\" --library-path \"{libraries}\" {program} \"$@\"",
            // An empty LD_LIBRARY_PATH would stand for the working directory.
            (null, "") => $"exec {program} \"$@\"",
            _ => $"LD_LIBRARY_PATH=\"{libraries}\" exec {program} \"$@\"",
        };

        // exec keeps the process id, so that stopping the script stops the program.
        var script = Path.Combine(folder, name);
        File.WriteAllText(script, $"#!/bin/sh\nhere=${{0%/*}}\n{command}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }
}
