using System.Text.Json;
using System.Text.Json.Serialization;
using Caisson.Api;

namespace Caisson.Server.Health;

/// <summary>Which checks somebody has muted, until when and why: a file of this machine, as the checks are of this machine.</summary>
internal sealed class HealthMutes(string path, TimeProvider time)
{
    private readonly Lock _gate = new();

    /// <summary>Those that are in force, by the code of the check.</summary>
    internal IReadOnlyDictionary<string, HealthMuteResponse> All()
    {
        lock (_gate)
            return Read();
    }

    /// <summary>Mutes, or (null) takes that back; false when there is nothing to take back.</summary>
    internal bool Set(string code, HealthMuteResponse? mute)
    {
        lock (_gate)
        {
            var all = Read();
            if (mute is not null)
                all[code] = mute;
            else if (!all.Remove(code))
                return false;
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var file = new FileStream(path + ".new", options))
                JsonSerializer.Serialize(file, all, HealthMutesJson.Default.DictionaryStringHealthMuteResponse);
            File.Move(path + ".new", path, overwrite: true);
            return true;
        }
    }

    private Dictionary<string, HealthMuteResponse> Read()
    {
        if (!File.Exists(path))
            return new Dictionary<string, HealthMuteResponse>(StringComparer.Ordinal);
        try
        {
            var all = JsonSerializer.Deserialize(File.ReadAllBytes(path), HealthMutesJson.Default.DictionaryStringHealthMuteResponse) ?? [];
            var now = time.GetUtcNow();
            return all.Where(pair => pair.Value.Until > now).ToDictionary(StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            // What can't be read mutes nothing: everything is shown.
            return new Dictionary<string, HealthMuteResponse>(StringComparer.Ordinal);
        }
    }
}

[JsonSerializable(typeof(Dictionary<string, HealthMuteResponse>))]
internal sealed partial class HealthMutesJson : JsonSerializerContext;
