namespace Caisson.Identity;

public enum SubjectKind
{
    /// <summary>A person at a browser or at the command line.</summary>
    Person,

    /// <summary>A person's API token: never more than its person at the time of use.</summary>
    Token,

    /// <summary>An account without a person's login.</summary>
    Service,

    /// <summary>What runs in a sandbox: sees its own workspace's state and nothing else.</summary>
    Sandbox,
}
