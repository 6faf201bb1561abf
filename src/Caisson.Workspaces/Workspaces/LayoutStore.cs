using Caisson.Storage;
using Dapper;

namespace Caisson.Workspaces.Workspaces;

/// <summary>One JSON text for each person and workspace, with a version from 0: nothing saved yet.</summary>
public sealed class LayoutStore(Database database)
{
    public (string Text, long Version) Get(string workspace, string user) =>
        database.Read(
            (connection, transaction) =>
            {
                var (text, version) = connection.QuerySingleOrDefault<(string? Text, long Version)>(
                    "SELECT text, version FROM layouts WHERE workspace = @workspace AND user_id = @user",
                    new { workspace, user },
                    transaction
                );
                return (text ?? "{}", version);
            }
        );

    /// <returns>The new version, or null when it is not <paramref name="expected"/> any more.</returns>
    public long? Put(string workspace, string user, string text, long expected) =>
        database.Do(
            (connection, transaction) =>
                connection.Execute(
                    expected == 0
                        ? "INSERT INTO layouts (workspace, user_id, version, text) VALUES (@workspace, @user, 1, @text) ON CONFLICT (workspace, user_id) DO NOTHING"
                        : "UPDATE layouts SET text = @text, version = version + 1 WHERE workspace = @workspace AND user_id = @user AND version = @expected",
                    new
                    {
                        workspace,
                        user,
                        text,
                        expected,
                    },
                    transaction
                ) == 1
                    ? expected + 1
                    : (long?)null
        );
}
