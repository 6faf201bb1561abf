namespace Caisson.Storage.Tests.Lab;

/// <summary>Empty databases of one kind. The suite that takes one runs on both.</summary>
public abstract class DatabaseLab : IDisposable
{
    /// <summary>A place for one database; opening it twice gives the same one.</summary>
    internal abstract Func<Database> NewPlace();

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

public sealed class SqliteLab : DatabaseLab
{
    private readonly string _directory = Directory.CreateTempSubdirectory("caisson-sqlite-").FullName;
    private int _count;

    internal override Func<Database> NewPlace()
    {
        var path = Path.Combine(_directory, $"{Interlocked.Increment(ref _count)}.db");
        return () => Database.Open(path);
    }

    public override void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        base.Dispose();
    }
}

public sealed class PostgresLab : DatabaseLab
{
    private readonly PostgresCluster _cluster = new();

    internal override Func<Database> NewPlace()
    {
        var connection = _cluster.NewDatabase();
        return () => Database.OpenPostgres(connection);
    }

    public override void Dispose()
    {
        _cluster.Dispose();
        base.Dispose();
    }
}
