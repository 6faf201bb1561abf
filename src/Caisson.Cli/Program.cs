return await Caisson.Cli.CommandLine.RunAsync(args);
