using System.Security.Cryptography;
using System.Text;
using RedisCluster.Hosting.Model;

namespace RedisCluster.Hosting.Machine;

/// <summary>Remembers for an hour that an image could not be pulled: a registry that is out of reach must not hold every start.</summary>
/// <param name="folder">Where the failures are kept, a file for each engine and image.</param>
/// <param name="time">Tells how old a failure is.</param>
internal sealed class FailedPulls(string folder, TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>Why the image could not be pulled within the last hour; null when it was not tried, or when it worked.</summary>
    public string? Recent(ContainerEngine engine, ImageReference image)
    {
        var file = new FileInfo(FileOf(engine, image));
        return file.Exists && time.GetUtcNow() - file.LastWriteTimeUtc < Memory
            ? $"{File.ReadAllText(file.FullName)} (remembered; it is tried again after an hour, or pull it by hand)"
            : null;
    }

    public void Remember(ContainerEngine engine, ImageReference image, string failure)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(FileOf(engine, image), failure);
        File.SetLastWriteTimeUtc(FileOf(engine, image), time.GetUtcNow().UtcDateTime);
    }

    // An image reference contains slashes and colons.
    private string FileOf(ContainerEngine engine, ImageReference image) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{engine.Command} {image}")))[..16]);
}
