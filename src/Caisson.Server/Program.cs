using Caisson.Init.Protocol.Scheduling;
using Caisson.Server.Configuration;
using Caisson.Server.Hosting;

// Before there are other threads: a key that somebody types passes through the server twice, beside all that sandboxes compute.
ThreadSlices.Shorten(inherited: true);
return await ServerProgram.RunAsync(args, ServerOptionsReader.FromEnvironment());
