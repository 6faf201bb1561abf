using Caisson.Identity;

namespace Caisson.Server.Access;

/// <summary>How an endpoint says what it needs.</summary>
internal static class EndpointAccessExtensions
{
    /// <summary>Needs a permission: of any kind for lists and new things; for one thing the endpoint asks <see cref="HttpContextAccess.Authorize"/> as well.</summary>
    internal static TBuilder Requires<TBuilder>(this TBuilder builder, Permission permission)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AccessRequirement(permission, IsPublic: false));

    /// <summary>Needs somebody who is signed in, whatever their roles.</summary>
    internal static TBuilder SignedIn<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AccessRequirement(null, IsPublic: false));

    /// <summary>Needs nobody. Its pattern has to be in <see cref="StartupSelfTest.Public"/>.</summary>
    internal static TBuilder Public<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AccessRequirement(null, IsPublic: true));

    /// <summary>Is a try to sign in.</summary>
    internal static TBuilder LimitedAsLogin<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RateClass("login"));

    /// <summary>Tells of people, who must not be counted out one by one.</summary>
    internal static TBuilder LimitedAsLookup<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RateClass("lookup"));

    /// <summary>Takes what somebody types.</summary>
    internal static TBuilder LimitedAsInput<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RateClass("input"));

    /// <summary>Takes a file.</summary>
    internal static TBuilder LimitedAsUpload<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RateClass("upload"));
}
