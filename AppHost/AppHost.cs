using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);

var redis = builder.AddRedisCluster("redis")                      // redis-node-1..6 on localhost:7001..7006
    .WithNodeConfigs("nodes")                                     // nodes/node-N/redis.conf, bind-mounted read-only
    .WithDataVolumes()                                            // a volume or a folder of this AppHost for each node
    .WithInitializer<Projects.ClusterInitializer>("cluster-initializer");

var replicas = builder.Configuration.GetValue("SampleApi:Replicas", 1);
var port = builder.Configuration.GetValue<int?>("SampleApi:Port");
var isolated = builder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts"); // aspire start --isolated, and tests
builder.AddProject<Projects.SampleApi>("sample-api")
    .RunAsBuiltProgram()
    .WithReference(redis).WaitFor(redis)
    .WithEndpoint("http", http =>
    {
        http.Port = port ?? http.Port;
        http.IsProxied = replicas > 1 || (isolated && port is null); // a single instance listens on the port itself: no hop, no wait
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
