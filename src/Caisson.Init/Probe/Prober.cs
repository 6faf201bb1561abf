using System.Diagnostics;
using System.Text.Json;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Probe;

namespace Caisson.Init.Probe;

/// <summary>
/// <c>caisson-init probe</c>: finds out from where an agent stands whether its isolation holds. A check that cannot be decided has failed.
/// </summary>
internal static unsafe class Prober
{
    internal static int Run()
    {
        var began = Stopwatch.GetTimestamp();
        ProbeRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(Libc.ReadAll(0) ?? [], InitJson.Default.ProbeRequest);
        }
        catch (JsonException e)
        {
            return Report(new ProbeReport(Ok: false, 0, [new ProbeCheck("request", Ok: false, e.Message)]));
        }

        var checks = new List<ProbeCheck>();
        if (request is not null)
        {
            // The connections are under way while the rest is looked at.
            using var network = new NetworkChecks(request);
            network.Begin(checks);
            IdentityChecks.Run(request, checks);
            KernelChecks.Run(checks);
            FileChecks.Run(request, checks);
            LandlockCheck.Run(checks);
            network.End(checks);
        }

        var ok = checks.Count > 0 && checks.TrueForAll(static check => check.Ok);
        return Report(new ProbeReport(ok, (long)Stopwatch.GetElapsedTime(began).TotalMicroseconds, checks));
    }

    private static int Report(ProbeReport report)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(report, InitJson.Default.ProbeReport), (byte)'\n'];
        fixed (byte* bytes = line)
        {
            for (nint sent = 0; sent < line.Length; )
            {
                var written = Libc.Write(1, bytes + sent, line.Length - sent);
                if (written <= 0)
                {
                    return 2;
                }

                sent += written;
            }
        }

        return report.Ok ? 0 : 1;
    }
}
