using Caisson.Server.Configuration;
using Caisson.Server.Hosting;

return await ServerProgram.RunAsync(args, ServerOptionsReader.FromEnvironment());
