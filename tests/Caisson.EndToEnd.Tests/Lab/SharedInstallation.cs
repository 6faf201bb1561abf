[assembly: AssemblyFixture(typeof(Caisson.EndToEnd.Tests.Lab.SharedInstallation))]

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>One server for all tests that neither end it nor count what is on the machine.</summary>
public sealed class SharedInstallation : IAsyncLifetime
{
    internal Installation Installation { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Installation = await Installation.StartAsync();

    public ValueTask DisposeAsync() => Installation.DisposeAsync();
}
