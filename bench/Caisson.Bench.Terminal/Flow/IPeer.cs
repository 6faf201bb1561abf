namespace Caisson.Bench.Terminal.Flow;

/// <summary>Something that shows terminals over WebSockets.</summary>
internal interface IPeer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Starts a script on a terminal and looks at it from its first byte on.</summary>
    Task<IView> OpenAsync(string script);

    /// <summary>Starts a script on a terminal at which nobody looks.</summary>
    Task StartAsync(string script);

    /// <summary>Ends everything that was started.</summary>
    Task ClearAsync();
}

/// <summary>One view of a terminal.</summary>
internal interface IView : IAsyncDisposable
{
    Task TypeAsync(byte key);

    /// <summary>Waits for output; how many bytes of it came.</summary>
    Task<int> ReadAsync();

    /// <summary>The output that came last.</summary>
    ReadOnlySpan<byte> Last { get; }
}
