var builder = DistributedApplication.CreateBuilder(args);

// Three shards with a replica each: redis-node-1 to redis-node-6.
var redis = builder.AddRedisCluster("redis")
    .WithDataVolumes();

builder.AddProject<Projects.RedisClusterApp__1_Api>("api")
    .RunAsBuiltProgram()
    .WithReference(redis).WaitFor(redis)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

builder.Build().Run();
