using Caisson.Bench.Gateway;

return args switch
{
    ["authority", var folder] => Certificates.Make(folder),
    ["upstream", var folder, var port] => await Upstream.RunAsync(folder, int.Parse(port)),
    ["gateway", var folder, var port] => await ProductGateway.RunAsync(folder, int.Parse(port), Certificates.Host, 443),
    ["gateway", var folder, var port, var host, var hostPort] => await ProductGateway.RunAsync(
        folder,
        int.Parse(port),
        host,
        int.Parse(hostPort)
    ),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        "usage: Caisson.Bench.Gateway authority FOLDER | upstream FOLDER PORT | gateway FOLDER UPSTREAM-PORT [HOST PORT]"
    );
    return 64;
}
