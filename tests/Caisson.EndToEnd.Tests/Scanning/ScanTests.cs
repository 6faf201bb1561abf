using System.IO.Compression;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Scanning;

/// <summary>The command as it is built, ahead of time: rules are read from it, and expressions run in it.</summary>
public sealed class ScanTests : IDisposable
{
    private static readonly string Token = "ghp_8aspm4G7" + "VmSUfOoD6V1vrORcmn0iSH2JWh3d";

    private readonly string folder = Directory.CreateTempSubdirectory("e2e-scan-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Finds_WhatComesFromStandardInput()
    {
        var outcome = await Command.RunAsync(Command.Describe(Programs.Caisson, ["scan", "-"], folder), $"\nkey = {Token}\n");

        outcome.Code.ShouldBe(1);
        outcome.Out.ShouldStartWith("(standard input):2:7: critical github-token: ");
    }

    [Fact]
    public async Task Finds_WhatLiesInAFolder_AndInItsArchives()
    {
        await using (var file = File.Create(Path.Combine(folder, "a.zip")))
        await using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            await using var writer = new StreamWriter(await zip.CreateEntry("b.txt").OpenAsync());
            await writer.WriteAsync(Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"the token is {Token}")));
        }

        var outcome = await Command.RunAsync(Command.Describe(Programs.Caisson, ["scan", "--format", "csv"], folder));

        outcome.Code.ShouldBe(1);
        outcome.Out.ShouldContain(",a.zip!b.txt,1,");
        outcome.Out.ShouldContain(",base64,");
    }
}
