namespace Caisson.Policy.Manifest;

/// <summary>The least isolation accepted, weakest first, so that levels compare.</summary>
public enum IsolationLevel
{
    PlatformOnly,
    Process,
    Namespaces,
    Gvisor,
    Vm,
}

/// <summary>What the gateway's log for people shows; decision records are kept whatever it says.</summary>
public enum LogLevel
{
    Off,
    Denied,
    All,
}
