using System.Text.Json;

namespace Caisson.Credentials.Tests;

public sealed class SecretTests
{
    [Fact]
    public void Prints_Stars_Everywhere()
    {
        var secret = new Secret("s3cr3t-value");
        secret.ToString().ShouldBe("***");
        $"{secret} {new CredentialValue(secret)}".ShouldNotContain("s3cr3t");
        JsonSerializer.Serialize(secret).ShouldNotContain("s3cr3t");
        JsonSerializer.Serialize(secret).ShouldNotContain("length", Case.Insensitive);
    }

    [Fact]
    public void Compares_ByValue() => new Secret("a").Equals(new Secret("a")).ShouldBeTrue();
}
