using ClusterInitializer;

// As AppHost starts it: the parser of command lines would cost a twentieth of the whole run.
return args.Length == 0
    ? await InitializerRun.ExecuteAsync(RunMode.Reconcile, _ => { }, CancellationToken.None)
    : await CommandLine.Create().Parse(args).InvokeAsync(CommandLine.Configuration);
