using SampleApi.Cluster;
using SampleApi.KeyValue;
using SampleApi.Map;
using SampleApi.Problems;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRedisClusterClient("redis");
builder.AddClusterMap();
builder.Services.AddProblems();
builder.Services.AddOpenApi();

var app = builder.Build();

app.UseProblems();
app.MapDefaultEndpoints();
app.MapOpenApi();
app.MapKeyValue();
app.MapCluster();
app.MapClusterMap();

app.Run();
