namespace Caisson.Agents.Configuration;

/// <summary>A sandbox's home as provisioning sees it. Paths are relative to it.</summary>
public interface IHomeFiles
{
    /// <summary>The file's text, or null where there is none.</summary>
    Task<string?> ReadAsync(string path, CancellationToken cancellation);

    /// <summary>Writes by rename with mode 0600; makes missing directories with 0700. Leaves either the old file or the new one.</summary>
    Task WriteAsync(string path, string content, CancellationToken cancellation);
}
