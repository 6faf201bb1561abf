namespace Caisson.Cli.Scanning;

/// <summary>Something that a commit brought.</summary>
/// <param name="File">Its path in the repository; <c>(message)</c> for the commit's message.</param>
/// <param name="Line">Where the text begins in the file.</param>
/// <param name="Text">Lines that were added one below the other.</param>
/// <param name="Blob">Instead of lines: the id of the whole file, which is no text.</param>
/// <param name="IsFirst">Of this file in this commit.</param>
internal sealed record GitPart(string Commit, string File, long Line, byte[] Text, string? Blob, bool IsFirst);
