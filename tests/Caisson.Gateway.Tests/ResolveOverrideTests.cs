namespace Caisson.Gateway.Tests;

public sealed class ResolveOverrideTests
{
    [Theory]
    [InlineData("api.example.com:443:10.0.0.5", "api.example.com", 443, "10.0.0.5:443")]
    [InlineData("API.example.com.:443:10.0.0.5:8443", "api.example.com", 443, "10.0.0.5:8443")]
    [InlineData("api.example.com:443:[fd00::5]", "api.example.com", 443, "[fd00::5]:443")]
    [InlineData("api.example.com:443:[fd00::5]:8443", "api.example.com", 443, "[fd00::5]:8443")]
    public void Reads_WhatCurlReads(string text, string host, int port, string address)
    {
        ResolveOverride.TryParse(text, out var value, out _).ShouldBeTrue();

        (value!.Host, value.Port, value.Address.ToString()).ShouldBe((host, port, address));
    }

    [Theory]
    [InlineData("", "HOST:PORT:ADDRESS")]
    [InlineData("api.example.com", "HOST:PORT:ADDRESS")]
    [InlineData("api.example.com:443", "HOST:PORT:ADDRESS")]
    [InlineData("a:1:2:3:4:5", "HOST:PORT:ADDRESS")]
    [InlineData("api.example.com:443:[fd00::5", "HOST:PORT:ADDRESS")]
    [InlineData("api.example.com:https:10.0.0.5", "'https' is not a port")]
    [InlineData("api.example.com:0:10.0.0.5", "'0' is not a port")]
    [InlineData("api.example.com:443:10.0.0.5:99999", "'99999' is not a port")]
    [InlineData("api.example.com:443:other.example", "'other.example' is not an IP address")]
    [InlineData("a b:443:10.0.0.5", "the host 'a b'")]
    public void Says_WhatIsWrong(string text, string words)
    {
        ResolveOverride.TryParse(text, out _, out var error).ShouldBeFalse();

        error.ShouldContain(words);
    }
}
