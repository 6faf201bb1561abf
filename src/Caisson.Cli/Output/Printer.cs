using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Caisson.Cli.Output;

/// <summary>Data goes to standard output, words to standard error.</summary>
internal static class Printer
{
    internal static void Json<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>A list in the form asked for.</summary>
    internal static void List<TList, TItem>(
        OutputFormat format,
        (TList Value, JsonTypeInfo<TList> Type) whole,
        (IReadOnlyList<TItem> Values, JsonTypeInfo<TItem> Type) items,
        IReadOnlyList<string> headings,
        Func<TItem, IReadOnlyList<string>> row
    )
    {
        switch (format)
        {
            case OutputFormat.Json:
                Json(whole.Value, whole.Type);
                break;
            case OutputFormat.JsonLines:
                foreach (var item in items.Values)
                    Json(item, items.Type);
                break;
            default:
                Table(headings, items.Values.Select(row));
                break;
        }
    }

    /// <summary>Set once, from the command line.</summary>
    internal static bool Quiet { get; set; }

    /// <summary>Beside the data. Failures and questions are never left out.</summary>
    internal static void Words(string text)
    {
        if (!Quiet)
            Console.Error.WriteLine(text);
    }

    /// <summary>Columns padded to their widest cell; the last one is left as it is.</summary>
    internal static void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.Prepend(headings).ToList();
        var widths = headings.Select((_, column) => all.Max(row => row[column].Length)).ToList();
        foreach (var row in all)
        {
            var cells = row.Select((cell, column) => column == row.Count - 1 ? cell : cell.PadRight(widths[column] + 2));
            Console.Out.WriteLine(string.Concat(cells).TrimEnd());
        }
    }

    internal static int Failure(CommandFailure failure, bool json)
    {
        if (json)
        {
            var problem = new Api.Problem
            {
                Title = "failed",
                Code = "failed",
                Detail = failure.Message,
                Fix = failure.Fix,
                Errors = failure.Details,
            };
            Console.Error.WriteLine(JsonSerializer.Serialize(problem, Api.ApiJson.Default.Problem));
            return failure.ExitCode;
        }
        Console.Error.WriteLine($"caisson: {failure.Message}");
        foreach (var detail in failure.Details)
            Console.Error.WriteLine($"  {detail}");
        if (failure.Fix is { Length: > 0 } fix)
            Console.Error.WriteLine($"  fix: {fix}");
        return failure.ExitCode;
    }
}
