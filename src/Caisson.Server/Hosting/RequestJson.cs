using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Caisson.Api;

namespace Caisson.Server.Hosting;

/// <summary>How bodies of requests are read: only what the messages say, so that no handler meets a null or a text where none can be.</summary>
internal static class RequestJson
{
    internal static void Configure(JsonSerializerOptions options)
    {
        var ours = JsonTypeInfoResolver.Combine(ApiJson.Default, AccessJson.Default, WorkspaceJson.Default);
        options.TypeInfoResolverChain.Insert(0, ours.WithAddedModifier(RefuseNullElements));
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.RespectNullableAnnotations = true;
        // A number in quotes is a text.
        options.NumberHandling = JsonNumberHandling.Strict;
    }

    /// <summary>The serializer checks members but not what lists and maps hold.</summary>
    private static void RefuseNullElements(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        var collections = type
            .Properties.Where(property =>
                property.PropertyType == typeof(IReadOnlyList<string>)
                || property.PropertyType == typeof(IReadOnlyDictionary<string, string>)
            )
            .ToList();
        if (collections.Count == 0)
            return;
        type.OnDeserialized = read =>
        {
            foreach (var property in collections)
            {
                var value = property.Get?.Invoke(read);
                if (
                    (value is IReadOnlyList<string?> list && list.Contains(null))
                    || (value is IReadOnlyDictionary<string, string?> map && map.Values.Contains(null))
                )
                    throw new JsonException($"{property.Name}: null is not expected in it.");
            }
        };
    }
}
