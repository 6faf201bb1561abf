namespace Caisson.Cli.Output;

/// <summary>How data is printed on standard output.</summary>
internal enum OutputFormat
{
    Table,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>Lists: one JSON document a line and item. Anything else: as <see cref="Json"/>.</summary>
    JsonLines,
}
