using Caisson.Api;

namespace Caisson.Server.Documentation;

/// <summary>Messages of people, sessions and tokens.</summary>
internal static partial class ApiExamples
{
    private static IEnumerable<(Type Type, object Value)> OfAccess()
    {
        var person = new UserResponse
        {
            Id = User,
            Address = "ada@example.com",
            Name = "Ada",
            Roles = ["member"],
            Created = Time,
            LastLogin = Time,
        };
        var token = new TokenResponse
        {
            Id = "csn1a2b3c4d",
            Name = "ci",
            Scopes = ["workspaces:read"],
            Created = Time,
            Expires = Time.AddDays(90),
        };
        yield return (
            typeof(MeResponse),
            new MeResponse
            {
                Id = User,
                Address = "ada@example.com",
                Name = "Ada",
                Roles = ["member"],
                Mode = "proxy",
                Permissions = ["workspaces:read", "workspaces:create"],
                Server = new ServerFacts("0.1.0", "1a2b3c4", "https://caisson.example.com"),
            }
        );
        yield return (typeof(LinkRequest), new LinkRequest("what stands behind the # of the link"));
        yield return (typeof(NewLinkRequest), new NewLinkRequest("the provider is down"));
        yield return (typeof(NewLinkResponse), new NewLinkResponse("http://127.0.0.1:7180/login#…", Time.AddMinutes(10)));
        yield return (typeof(IReadOnlyList<LoginProvider>), new LoginProvider[] { new("corp", "Example Corp.", "/login/oidc/corp") });
        yield return (typeof(LogoutResponse), new LogoutResponse("https://id.example.com/end"));
        yield return (
            typeof(IReadOnlyList<SessionResponse>),
            new SessionResponse[]
            {
                new("s-1a2b3c4d5e6f7a8b", Time, Time, "192.0.2.7", "Firefox", true, new LinkReuse(Time.AddMinutes(3), "198.51.100.23")),
            }
        );
        const string code = "BCDF-GHJK";
        yield return (typeof(NewDeviceLogin), new NewDeviceLogin("ada-laptop", ["workspaces:read"], 43117, "f3a9c2"));
        yield return (
            typeof(DeviceLoginResponse),
            new DeviceLoginResponse(
                "what the token is fetched with",
                code,
                "https://caisson.example.com/device",
                $"https://caisson.example.com/device?code={code}",
                Time.AddMinutes(10),
                5
            )
        );
        yield return (typeof(DeviceTokenRequest), new DeviceTokenRequest("what the token is fetched with", null));
        yield return (
            typeof(DeviceLoginView),
            new DeviceLoginView(code, "ada-laptop", ["workspaces:read"], "192.0.2.7", Time, Time.AddMinutes(10))
        );
        yield return (typeof(DeviceAnswerRequest), new DeviceAnswerRequest(true));
        yield return (typeof(DeviceAnswerResponse), new DeviceAnswerResponse("http://127.0.0.1:43117/?state=f3a9c2&code=…"));
        yield return (typeof(NewTokenRequest), new NewTokenRequest("ci", ["workspaces:read"], 30));
        yield return (typeof(TokenResponse), token with { Token = "csn_…" });
        yield return (typeof(IReadOnlyList<TokenResponse>), new[] { token });
        yield return (typeof(UserResponse), person);
        yield return (typeof(UserPage), new UserPage([person], null, 1));
        yield return (typeof(KnownPeople), new KnownPeople([new KnownPerson(User, "ada@example.com", "Ada")], null, 1));
        yield return (typeof(UserRolesRequest), new UserRolesRequest(["member"]));
        yield return (typeof(UserLinkRequest), new UserLinkRequest("https://id.example.com", "248289761001"));
        yield return (
            typeof(DisabledResponse),
            new DisabledResponse(
                person with
                {
                    Disabled = Time,
                },
                [new LeavingItem("workspaces", true, "0 shares taken back, 1 workspaces stopped")]
            )
        );
    }
}
