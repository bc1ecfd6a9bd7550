using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using SampleApi.Cluster;
using SampleApi.KeyValue;
using SampleApi.Map;
using SampleApi.Patterns;
using SampleApi.Patterns.Catalog;
using SampleApi.Patterns.Gateway;
using SampleApi.Patterns.Leaderboards;
using SampleApi.Patterns.LiveSettings;
using SampleApi.Patterns.Notifications;
using SampleApi.Patterns.RateLimits;
using SampleApi.Patterns.Sessions;
using SampleApi.Patterns.Snapshots;
using SampleApi.Patterns.WorkQueue;
using SampleApi.Problems;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRedisClusterClient("redis")
    .WithDistributedCache(cache => cache.InstanceName = "sample-api:")
    .WithHybridCache()
    .WithOutputCache(cache => cache.InstanceName = "sample-api:")
    .WithDataProtection("sample-api:data-protection-keys", protection => protection.SetApplicationName("sample-api"));
builder.AddClusterMap();
builder.Services.AddProblems();
builder.Services.AddOpenApi();

// The patterns: docs/patterns.md.
builder.Services.AddSingleton<ApiInstance>();
builder.AddCatalog();
builder.Services.AddSessions();
builder.AddRateLimits();
builder.AddWorkQueue();
builder.Services.AddNotifications();
builder.Services.AddLeaderboards();
builder.AddSnapshots();
builder.AddLiveSettings();
builder.AddGateway();

await using var app = builder.Build();
try
{
    // Before the host, which would log the same with a stack trace.
    app.Services.GetRequiredService<IStartupValidator>().Validate();
}
catch (OptionsValidationException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

try
{
    app.UseProblems();
    app.MapDefaultEndpoints();
    app.MapOpenApi();
    var limited = app.MapLimited();
    limited.MapKeyValue();
    limited.MapCluster();
    app.MapClusterMap();

    limited.MapCatalog();
    app.MapSessions();
    app.MapRateLimits();
    limited.MapWorkQueue();
    limited.MapNotifications();
    limited.MapLeaderboards();
    limited.MapSnapshots();
    limited.MapLiveSettings();
    app.MapGateway();

    await app.StartAsync();
}
catch (Exception problem) when (problem is OptionsValidationException or IOException)
{
    // What is wrong is in the message; a stack trace would only hide it. What has begun to work ends before that which it needs.
    await app.StopAsync();
    Console.Error.WriteLine(problem.Message);
    return 1;
}

await app.WaitForShutdownAsync();
return 0;
