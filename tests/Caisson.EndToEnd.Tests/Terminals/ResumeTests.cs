using System.Text;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>Nothing is lost and nothing comes twice, in either direction, when a viewer is cut off or the server dies.</summary>
public sealed class ResumeTests
{
    private const string Echo = "stty raw -echo; printf ready; exec cat";

    [Fact]
    public async Task ATerminalIsTypedInto_Cut_Resumed_AndOutlivesTheServer()
    {
        await using var installation = await Installation.StartAsync();
        await using var session = await Session.StartSandboxAsync(installation, "resume");
        var workspace = (await installation.ListAsync()).ShouldHaveSingleItem().Id;
        using var api = new ServerApi(installation);
        var terminal = await api.CreateTerminalAsync(workspace, Echo);

        await using var first = await TerminalView.AttachAsync(api, terminal, 0L);
        await first.UntilAsync("ready");
        await first.TypeAsync("one ");
        await first.UntilAsync("one ");
        await first.TypeAsync("two ");
        first.Cut();

        // What was typed last may or may not have arrived; HELLO says it.
        await using var second = await TerminalView.AttachAsync(api, terminal, first.Next, first.Key);
        await second.TypeAsync("one two "[(int)second.Typed..]);
        await second.UntilAsync("two ");
        await second.TypeAsync("three ");
        await second.UntilAsync(() => second.Taken == 14);

        await installation.EndServerAsync("KILL");
        await installation.ServeAsync();

        await using var third = await TerminalView.AttachAsync(api, terminal, second.Next, second.Key);
        third.Typed.ShouldBe(14);
        // As a client does that never saw the acknowledgement: all of it again.
        third.Typed = 8;
        await third.TypeAsync("three four ");
        await third.UntilAsync("four ");
        (first.Text + second.Text + third.Text).ShouldBe("readyone two three four ");
        third.Gaps.ShouldBeEmpty();

        (await api.SendAsync(HttpMethod.Delete, $"terminals/{terminal}")).Status.ShouldBe(202);
        (await third.EndAsync()).ShouldBe(4000);
        ((string)third.Exit!["reason"]!).ShouldStartWith("closed by ");
    }

    [Fact]
    public async Task AHundredCutsWhileTyping_GiveExactlyWhatWasTyped()
    {
        await using var installation = await Installation.StartAsync();
        await using var session = await Session.StartSandboxAsync(installation, "cuts");
        var workspace = (await installation.ListAsync()).ShouldHaveSingleItem().Id;
        using var api = new ServerApi(installation);
        var terminal = await api.CreateTerminalAsync(workspace, "stty raw -echo; printf ready; head -c 10000; printf done");
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 2500).Select(number => $"{number % 10_000:D4}")));
        var seen = new StringBuilder();
        string? key = null;
        var next = 0L;
        for (var cut = 0; cut < 100; cut++)
        {
            await using var view = await TerminalView.AttachAsync(api, terminal, next, key);
            if (cut == 0)
                await view.UntilAsync("ready");
            key = view.Key;
            // About a hundred keys, one frame each, the last ones of which nobody waits for.
            var until = Math.Min(text.Length, (cut + 1) * 100);
            while (view.Typed < until)
                await view.TypeAsync(text.AsMemory((int)view.Typed, 1));
            await view.UntilAsync(() => view.Taken >= until - 50);
            view.Cut();
            seen.Append(view.Text);
            next = view.Next;
        }
        await using var last = await TerminalView.AttachAsync(api, terminal, next, key);
        await last.TypeAsync(text.AsMemory((int)last.Typed));
        (await last.EndAsync()).ShouldBe(1000);

        seen.Append(last.Text).ToString().ShouldBe($"ready{Encoding.ASCII.GetString(text)}done");
        last.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public async Task AQueryIsAnsweredOnce_AlsoWhenItsOutputIsReadAgainAfterTheServersDeath()
    {
        await using var installation = await Installation.StartAsync();
        await using var session = await Session.StartSandboxAsync(installation, "query");
        var workspace = (await installation.ListAsync()).ShouldHaveSingleItem().Id;
        using var api = new ServerApi(installation);
        // The pause lets a checkpoint be from before the query, so that the next server computes the answer anew.
        var terminal = await api.CreateTerminalAsync(
            workspace,
            "stty raw -echo; printf x; sleep 1; printf '\\033[c'; head -c 7 | od -An -c; head -c 1 | od -An -c; printf end"
        );
        await using var before = await TerminalView.AttachAsync(api, terminal, 0L);
        await before.UntilAsync("033   [   ?   1   ;   2   c");

        await installation.EndServerAsync("KILL");
        await installation.ServeAsync();

        await using var after = await TerminalView.AttachAsync(api, terminal, before.Next, before.Key);
        await after.TypeAsync("k");
        (await after.EndAsync()).ShouldBe(1000);
        after.Text.ShouldContain("   k\n");
        after.Text.ShouldNotContain("033");
    }

    [Fact]
    public async Task TwentyTerminalsThatPrint_LoseNothing_WhenTheServerIsKilled()
    {
        await using var installation = await Installation.StartAsync();
        await using var one = await Session.StartSandboxAsync(installation, "print-a");
        await using var two = await Session.StartSandboxAsync(installation, "print-b");
        var workspaces = (await installation.ListAsync()).Select(sandbox => sandbox.Id).ToList();
        using var api = new ServerApi(installation);
        var terminals = new List<(string Id, TerminalView View)>();
        foreach (var number in Enumerable.Range(0, 20))
        {
            var id = await api.CreateTerminalAsync(
                workspaces[number % 2],
                "stty raw -echo; for i in $(seq 1 3000); do echo $i; [ $((i % 100)) = 0 ] && sleep 0.1; done; read -n 1 key; printf end"
            );
            terminals.Add((id, await TerminalView.AttachAsync(api, id, 0L)));
        }
        foreach (var (_, view) in terminals)
            await view.UntilAsync("\n100\n");

        await installation.EndServerAsync("KILL");
        await installation.ServeAsync();

        var expected = string.Concat(Enumerable.Range(1, 3000).Select(number => $"{number}\n")) + "end";
        foreach (var (id, before) in terminals)
        {
            await using var after = await TerminalView.AttachAsync(api, id, before.Next, before.Key);
            await after.TypeAsync("k");
            (await after.EndAsync()).ShouldBe(1000);
            (before.Text + after.Text).ShouldBe(expected);
            after.Gaps.ShouldBeEmpty();
            await before.DisposeAsync();
        }
    }
}
