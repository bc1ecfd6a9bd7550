using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);

var redis = builder.AddRedisCluster("redis")                      // redis-node-1..6 on localhost:7001..7006
    .WithNodeConfigs("nodes")                                     // nodes/node-N/redis.conf, bind-mounted read-only
    .WithDataVolumes()                                            // redis-data-1..6
    .WithInitializer<Projects.ClusterInitializer>("cluster-initializer");

var replicas = builder.Configuration.GetValue("SampleApi:Replicas", 1);
builder.AddProject<Projects.SampleApi>("sample-api")
    .RunAsBuiltProgram()
    .WithReference(redis).WaitFor(redis)
    .WithEndpoint("http", http =>
    {
        http.Port = builder.Configuration.GetValue("SampleApi:Port", http.Port);
        http.IsProxied = replicas > 1;                            // a single instance listens on the port itself: no hop, no wait
    })
    .WithReplicas(replicas)
    .WithHttpHealthCheck("/health").WithExternalHttpEndpoints();

try
{
    await builder.Build().RunAsync();
    return 0;
}
catch (DistributedApplicationException problem)
{
    // What is wrong, where, and what to do is in the message; a stack trace would only hide it.
    Console.Error.WriteLine(problem.Message);
    return 1;
}
