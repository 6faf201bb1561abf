using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caisson.Policy.Loading;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>upstream_ca</c>: a PEM file that must be readable and hold certificates when the policy loads.</summary>
internal static class UpstreamCaFile
{
    public static string? Read(SectionReader section, string key)
    {
        if (section.Text(key) is not { } text)
            return null;
        var path = section.Context.Options.Absolute(text.Value, section.Context.File);
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(File.ReadAllText(path));
            if (certificates.Count == 0)
                section.Error(key, $"{path} holds no certificate in PEM form");
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            section.Error(key, $"{path} can't be read: {exception.Message}");
        }
        catch (CryptographicException)
        {
            section.Error(key, $"{path} holds no valid certificate in PEM form");
        }
        return path;
    }
}
