var builder = DistributedApplication.CreateBuilder(args);

// The password is set so that a start does not write one into the user's secrets.
var redis = builder.AddRedis("redis", password: builder.AddParameter("redis-password", secret: true))
    .WithImage(builder.Configuration["Peer:Image"]!)
    .WithDataVolume(builder.Configuration["Peer:Volume"]);

builder.AddProject<Projects.PeerApi>("api")
    .WithReference(redis).WaitFor(redis)
    .WithEndpoint("http", http => http.Port = int.Parse(builder.Configuration["Peer:Port"]!))
    .WithHttpHealthCheck("/health");

await builder.Build().RunAsync();
