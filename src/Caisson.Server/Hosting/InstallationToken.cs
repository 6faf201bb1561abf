using System.Security.Cryptography;
using System.Text;

namespace Caisson.Server.Hosting;

/// <summary>The bearer token of this installation: what lets programs of this user speak to the loopback address.</summary>
internal static class InstallationToken
{
    /// <summary>Made on first use with mode 0600.</summary>
    internal static string ReadOrMake(string path)
    {
        if (File.Exists(path))
            return File.ReadAllText(path).Trim();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        file.Write(Encoding.ASCII.GetBytes(token + "\n"));
        return token;
    }
}
