namespace Caisson.Identity.Audit;

/// <param name="Id">Rises with time.</param>
public sealed record RecordedEvent(long Id, DateTimeOffset Time, AccessEvent Event);
