using System.Diagnostics;
using Caisson.Identity;
using Caisson.Server.Access;

namespace Caisson.Server.Tests.Access;

/// <summary>A measurement, not a check: whether the time of a refusal tells why it was refused. Run it with <c>-explicit only</c>.</summary>
public sealed class SignInTiming(ITestOutputHelper output)
{
    private const int Tries = 1000;

    [Fact(Explicit = true)]
    public async Task MedianOfEachRefusal()
    {
        var open = new RateLimits
        {
            Api = int.MaxValue,
            Login = int.MaxValue,
            LoginHour = int.MaxValue,
        };
        await using var lab = await AccessLab.StartAsync(limits: open);
        lab.Person("admin@example.com", SiteRoles.Admin);
        var gone = lab.Person("gone@example.com");
        lab.Identity.Users.Disable(gone.Id);
        var used = lab.Identity.Links.New(lab.Local.Id);
        using (await lab.LoginAsync(used)) { }
        var cases = new Dictionary<string, Func<string>>
        {
            ["unknown"] = () => "nonsense",
            ["used"] = () => used,
            ["disabled"] = () => lab.Identity.Links.New(gone.Id),
        };
        var times = cases.Keys.ToDictionary(name => name, _ => new List<double>());
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            foreach (var (name, token) in cases)
            {
                var link = token();
                var start = Stopwatch.GetTimestamp();
                using (await lab.LoginAsync(link)) { }
                times[name].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        foreach (var (name, values) in times)
            output.WriteLine($"{name}: median {values.Order().ElementAt(Tries / 2):0.00} ms");
    }
}
