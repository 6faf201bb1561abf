namespace Caisson.Detection.Containers;

/// <summary>Something in a container that couldn't be looked at: a finding of its own, since it may hold anything.</summary>
/// <param name="Path">Of the container or of what is in it: <c>a.zip!b/c.jar</c>.</param>
/// <param name="Rule"><c>archive_encrypted</c>, <c>archive_unreadable</c>, <c>archive_deep</c> or <c>bomb</c>.</param>
/// <param name="Description">Why, in words.</param>
public sealed record ContainerFault(string Path, string Rule, string Description);
