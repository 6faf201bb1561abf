namespace Caisson.Server.Configuration;

/// <summary>The least level that the server's log holds, which a reload can change.</summary>
internal sealed class LogThreshold(LogLevel least)
{
    private volatile int _least = (int)least;

    public LogLevel Least
    {
        get => (LogLevel)_least;
        set => _least = (int)value;
    }

    internal static LogLevel Parse(string text) => Enum.Parse<LogLevel>(text, ignoreCase: true);
}
