using System.Globalization;
using Caisson.Server.Configuration;

namespace Caisson.Server.Hosting;

/// <summary>The server's log: one line an entry in a file, kept to two files of 16 MiB. Exceptions are written in full; secrets never reach a logger.</summary>
internal sealed class FileLog(string path, LogThreshold threshold, TimeProvider time) : ILoggerProvider
{
    private const long LargestFile = 16 << 20;

    private readonly Lock _gate = new();
    private StreamWriter? _writer;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        lock (_gate)
            _writer?.Dispose();
    }

    private LogLevel Least => threshold.Least;

    private void Write(string category, LogLevel level, EventId id, string message, Exception? exception)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        lock (_gate)
        {
            try
            {
                Append($"{now} {level} {category}[{id.Id}] {message.ReplaceLineEndings(" ")}", exception);
            }
            catch (IOException)
            {
                // A full disk must not end the request that wanted to say something; the next entry opens the file anew.
                _writer = null;
            }
        }
    }

    private void Append(string line, Exception? exception)
    {
        if (_writer is { BaseStream.Length: > LargestFile })
        {
            _writer.Dispose();
            File.Move(path, path + ".1", overwrite: true);
            _writer = null;
        }
        _writer ??= new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            AutoFlush = true,
        };
        _writer.WriteLine(line);
        if (exception is not null)
            _writer.WriteLine(exception);
    }

    private sealed class Category(FileLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= log.Least;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                log.Write(name, logLevel, eventId, formatter(state, exception), exception);
        }
    }
}
