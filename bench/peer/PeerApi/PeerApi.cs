var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRedisClient("redis"); // Its health check is a PING.

await using var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
