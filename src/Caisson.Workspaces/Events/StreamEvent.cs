namespace Caisson.Workspaces.Events;

/// <summary>Something that has changed, or a notice. What an object looks like is read when the event is delivered, so it is never older than the event.</summary>
/// <param name="Type"><c>workspace.changed</c>, <c>job.changed</c>, <c>notice</c>, ….</param>
/// <param name="Object">Id of what it is about.</param>
/// <param name="Workspace">The workspace that decides who may see it; null: everybody who is signed in.</param>
/// <param name="Data">JSON of its own, for what has no object. Holds no secret.</param>
public sealed record StreamEvent(long Id, DateTimeOffset Time, string Type, string Object, string? Owner, string? Workspace, string? Data);

/// <summary>One to be written with the change that it tells of.</summary>
public sealed record NewEvent(string Type, string Object, string? Owner, string? Workspace, string? Data = null);
