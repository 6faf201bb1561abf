using Caisson.Policy.Catalog;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Catalog;

public sealed class PolicyCatalogTests : IDisposable
{
    private readonly TemporaryHome home = new();

    [Fact]
    public void ABrokenFile_KeepsItsLastGoodVersion_AndLeavesOthersAlone()
    {
        home.Write("policies/one.md", "---\ndescription: good\n---");
        home.Write("policies/two.md", "---\ndescription: other\n---");
        var catalog = new PolicyCatalog(home.Options);
        catalog.List().ShouldAllBe(entry => !entry.IsBroken);
        home.Write("policies/one.md", "---\ndescripton: bad\n---");
        var one = catalog.Get("one");
        one.IsBroken.ShouldBeTrue();
        one.LastGood!.Description!.Value.ShouldBe("good");
        one.Result.Errors.ShouldHaveSingleItem().DidYouMean.ShouldBe("description");
        catalog.Get("two").IsBroken.ShouldBeFalse();
        home.Write("policies/one.md", "---\ndescription: repaired\n---");
        catalog.Get("one").LastGood!.Description!.Value.ShouldBe("repaired");
    }

    [Fact]
    public void AFileThatNeverLoaded_HasNoGoodVersion()
    {
        home.Write("policies/Bad_Name.md", "---\n---");
        var entry = new PolicyCatalog(home.Options).List().ShouldHaveSingleItem();
        entry.LastGood.ShouldBeNull();
        entry.IsBroken.ShouldBeTrue();
    }

    [Fact]
    public void ADeletedPolicy_IsNotInForce()
    {
        var file = home.Write("policies/one.md", "---\n---");
        var catalog = new PolicyCatalog(home.Options);
        catalog.Get("one").LastGood.ShouldNotBeNull();
        File.Delete(file);
        catalog.Get("one").LastGood.ShouldBeNull();
    }

    [Fact]
    public void AnUnchangedFile_IsNotReadAgain()
    {
        home.Write("policies/one.md", "---\n---");
        var catalog = new PolicyCatalog(home.Options);
        catalog.Get("one").ShouldBeSameAs(catalog.Get("one"));
    }

    public void Dispose() => home.Dispose();
}
