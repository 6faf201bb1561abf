using System.Reflection;

namespace Caisson.Storage;

/// <summary>
/// One numbered change of the schema, in the SQL that SQLite and PostgreSQL share. <c>{identity}</c> stands for the type of a primary key that the
/// database counts up. A shipped migration never changes; to change the schema, add <c>Migrations/NNNN_what.sql</c> with the next number.
/// </summary>
/// <param name="Number">From 1, without gaps.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>Those of this version, in order.</summary>
    internal static IReadOnlyList<Migration> All { get; } = Load(typeof(Migration).Assembly);

    private static List<Migration> Load(Assembly assembly)
    {
        var migrations = assembly
            .GetManifestResourceNames()
            .Where(name => name.Length > 5 && name[4] == '_' && name.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0)
            .Order(StringComparer.Ordinal)
            .Select(name => new Migration(
                int.Parse(name.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture),
                name,
                Read(assembly, name)
            ))
            .ToList();
        for (var index = 0; index < migrations.Count; index++)
        {
            if (migrations[index].Number != index + 1)
                throw new InvalidOperationException($"The migration {migrations[index].Name} has to have the number {index + 1:0000}.");
        }
        return migrations;
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
