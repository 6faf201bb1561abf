using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Caisson.Credentials;
using Caisson.Credentials.Files;

namespace Caisson.Server.Configuration;

/// <summary>
/// Where a secret setting's value is: <c>file:PATH</c>, <c>env:NAME</c> or <c>exec:PROGRAM ARGUMENTS…</c>. The value itself is never written into a
/// flag, a variable of Caisson's own or <c>caisson.yaml</c>, and <c>config show</c> has only this to show.
/// </summary>
public sealed record SecretReference
{
    private static readonly TimeSpan ExecLimit = TimeSpan.FromSeconds(10);

    private SecretReference(string kind, string value) => (Kind, Value) = (kind, value);

    /// <summary><c>file</c>, <c>env</c> or <c>exec</c>.</summary>
    public string Kind { get; }

    /// <summary>Path, name, or program and arguments, split at spaces; no shell reads them.</summary>
    public string Value { get; }

    /// <returns>Null for anything else, which may be the secret itself and must not be repeated.</returns>
    public static SecretReference? TryParse(string text) =>
        text.Split(':', 2) is ["file" or "env" or "exec", { Length: > 0 }] parts && parts[1].Trim().Length > 0
            ? new SecretReference(parts[0], parts[1].Trim())
            : null;

    public override string ToString() => $"{Kind}:{Value}";

    /// <exception cref="InvalidDataException">There is no value; says why, without any of it.</exception>
    public async Task<Secret> ReadAsync(string setting, Func<string, string?> variable, CancellationToken cancellation)
    {
        var (value, problem) = Kind switch
        {
            "file" => FromFile(),
            "env" => variable(Value) is { Length: > 0 } set ? (set, "") : (null, "the variable is not set or empty"),
            _ => await FromProgramAsync(cancellation),
        };
        return value is null ? throw new InvalidDataException($"{setting} ({this}): {problem}.")
            : value.Length == 0 ? throw new InvalidDataException($"{setting} ({this}): the value is empty.")
            : new Secret(value);
    }

    private (string? Value, string Problem) FromFile() =>
        PrivateFile.Read(Path.GetFullPath(Value), out _, out var problem) is { } content
            ? (Encoding.UTF8.GetString(content).TrimEnd('\r', '\n'), "")
            : (null, $"the file {problem}");

    private async Task<(string? Value, string Problem)> FromProgramAsync(CancellationToken cancellation)
    {
        var words = Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ExecLimit);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            return (null, $"the program could not be started: {exception.Message}");
        }
        using (process)
        {
            try
            {
                process.StandardInput.Close();
                var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 ? (output.TrimEnd('\r', '\n'), "") : (null, $"the program ended with {process.ExitCode}");
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return (null, $"the program did not end within {ExecLimit.TotalSeconds:0} s");
            }
        }
    }
}
