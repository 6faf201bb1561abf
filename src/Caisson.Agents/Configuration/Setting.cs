using System.Text.Json;

namespace Caisson.Agents.Configuration;

/// <summary>Short forms for <see cref="FileSetting"/>.</summary>
internal static class Setting
{
    internal static FileSetting Owned(string value, params IReadOnlyList<string> key) => new(key, Text(value));

    internal static FileSetting Owned(bool value, params IReadOnlyList<string> key) => new(key, value ? "true" : "false");

    internal static FileSetting Default(string value, params IReadOnlyList<string> key) => new(key, Text(value), SettingMode.Default);

    internal static FileSetting Default(bool value, params IReadOnlyList<string> key) =>
        new(key, value ? "true" : "false", SettingMode.Default);

    internal static FileSetting AddToList(string value, params IReadOnlyList<string> key) => new(key, Text(value), SettingMode.AddToList);

    private static string Text(string value) =>
        $"\"{JsonEncodedText.Encode(value, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
