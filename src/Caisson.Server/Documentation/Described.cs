namespace Caisson.Server.Documentation;

/// <summary>Codes of problems that an endpoint has beside those that its kind has.</summary>
internal sealed record Fails(IReadOnlyList<string> Codes);

/// <summary>A header or query that the handler reads itself, so that the framework does not know of it.</summary>
/// <param name="In"><c>header</c> or <c>query</c>.</param>
/// <param name="Type">As JSON Schema names it.</param>
internal sealed record Reads(string In, string Name, string Type, string Description, bool Required, string Example);

/// <summary>A body that the handler reads itself.</summary>
internal sealed record TakesBody(string ContentType, string Type);

/// <summary>A header that the answers have that succeed.</summary>
internal sealed record AnswersHeader(string Name, string Description);
