using System.Text.Json.Nodes;

namespace Caisson.VendorStandIns.Model;

/// <summary>What the scripted model says next: a text, or one tool call.</summary>
public abstract record Turn
{
    public sealed record Say(string Text) : Turn;

    public sealed record CallFunction(string Name, JsonObject Input) : Turn;

    /// <summary>A call of a tool that takes text instead of JSON (the Responses API's <c>custom</c> tools).</summary>
    public sealed record CallFreeForm(string Name, string? Namespace, string Input) : Turn;
}
