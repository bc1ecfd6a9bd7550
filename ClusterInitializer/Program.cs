using ClusterInitializer;

return await CommandLine.Create().Parse(args).InvokeAsync(CommandLine.Configuration);
