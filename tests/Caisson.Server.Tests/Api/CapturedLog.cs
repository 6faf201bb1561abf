using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caisson.Server.Tests.Api;

/// <summary>What the server logs as an error, or with an exception. The gateway's words are about what sandboxes do, and not about requests to the API.</summary>
internal sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _bad = new();

    internal IReadOnlyList<string> Bad => [.. _bad];

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("Caisson.Gateway", StringComparison.Ordinal) ? NullLogger.Instance : new Category(this, categoryName);

    public void Dispose() { }

    private sealed class Category(CapturedLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (logLevel >= LogLevel.Error || exception is not null)
                log._bad.Enqueue($"{logLevel} {name}: {formatter(state, exception)} {exception}");
        }
    }
}
