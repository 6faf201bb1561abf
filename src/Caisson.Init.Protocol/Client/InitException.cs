namespace Caisson.Init.Protocol.Client;

/// <summary>PID 1 refused a request, or the connection to it ended before the answer.</summary>
public sealed class InitException : IOException
{
    public InitException(string code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
    }

    /// <summary>Stable name: one of PID 1's own codes, or <c>disconnected</c>, <c>unreachable</c>, <c>protocol</c>, <c>sandbox_not_ready</c>.</summary>
    public string Code { get; }

    /// <summary>Whether the connection failed, not the request.</summary>
    public bool IsTransport => Code is "disconnected" or "unreachable";
}
