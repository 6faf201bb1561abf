using Caisson.Storage;
using Dapper;

namespace Caisson.Identity.Subjects;

/// <summary>A person's settings of the web app: opaque JSON with a version, so that two windows don't overwrite each other unseen.</summary>
public sealed class UserSettings(Database database)
{
    public (string Json, long Version) Get(string userId) =>
        database.Read(
            (connection, transaction) =>
                connection.QuerySingleOrDefault<(string? Json, long Version)>(
                    "SELECT settings, settings_version FROM users WHERE id = @userId",
                    new { userId },
                    transaction
                )
        )
            is { Json: { } json, Version: var version }
            ? (json, version)
            : ("{}", 0);

    /// <returns>The new version, or null when <paramref name="version"/> is no longer the current one.</returns>
    public long? Put(string userId, string json, long version) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    "UPDATE users SET settings = @json, settings_version = settings_version + 1 WHERE id = @userId AND settings_version = @version",
                    new
                    {
                        userId,
                        json,
                        version,
                    },
                    transaction
                ) == 1
                    ? version + 1
                    : (long?)null
        );
}
