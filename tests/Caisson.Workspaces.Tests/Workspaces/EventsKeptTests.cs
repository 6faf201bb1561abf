using Caisson.Storage.Tests.Lab;
using Caisson.Workspaces.Events;

namespace Caisson.Workspaces.Tests.Workspaces;

public sealed class EventsKeptTests(SqliteLab lab) : WorkspaceLab(lab), IClassFixture<SqliteLab>
{
    [Fact]
    public void TheLast10000_CanBeResumed_AndNothingBefore()
    {
        foreach (var _ in Enumerable.Range(0, 21))
            Events.Do(
                (_, _, added) =>
                {
                    for (var number = 0; number < 1000; number++)
                        added.Add(new NewEvent("notice", "server", null, null));
                    return 0;
                }
            );
        var last = Events.Last;

        Events.Since(last - EventStream.Kept)!.Select(one => one.Id).ShouldBe(Ids(last - EventStream.Kept + 1, EventStream.Kept));
        Events.Since(last - EventStream.Kept - 1).ShouldBeNull();
        Events.Since(last - 3)!.Select(one => one.Id).ShouldBe(Ids(last - 2, 3));
        Events.Since(last).ShouldBeEmpty();
    }

    private static IEnumerable<long> Ids(long first, int count) => Enumerable.Range(0, count).Select(number => first + number);
}
