namespace Caisson.Gateway.Connections;

/// <summary>How a connection leaves the router.</summary>
internal enum ConnectionEnd
{
    /// <summary>Kestrel has it now.</summary>
    HandedOver,

    /// <summary>It is over, and what was written to it still arrives.</summary>
    Closed,

    /// <summary>It is dropped without a byte, which its client sees as a reset.</summary>
    Reset,
}
