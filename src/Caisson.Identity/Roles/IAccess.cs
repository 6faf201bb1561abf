namespace Caisson.Identity;

/// <summary>The one authorization layer: REST, event streams, WebSockets and downloads all ask here. Pure: the same question has the same answer.</summary>
public interface IAccess
{
    /// <param name="resource">Null for what has no owner, and for lists: those hold what this then allows one by one.</param>
    Verdict Decide(Subject subject, Permission permission, Resource? resource);
}
