using SampleApi.Problems;

namespace SampleApi.Patterns.Sessions;

/// <summary>A shopping cart in the session: a cookie names it, the cluster keeps it, and any instance serves it.</summary>
internal static class CartEndpoints
{
    private const string Path = "/cart";
    private const string Items = "items";
    private const int MaxItems = 50;

    internal static void AddSessions(this IServiceCollection services) => services.AddSession(session =>
    {
        session.IdleTimeout = TimeSpan.FromMinutes(20);
        session.Cookie.Name = "sample-api-session";
        session.Cookie.HttpOnly = true;
        session.Cookie.IsEssential = true;
        session.Cookie.SameSite = SameSiteMode.Lax;
    });

    internal static void MapSessions(this WebApplication app)
    {
        // Only there: the middleware sends a command to the cluster at the end of every request that passes it, whether or not it used the session.
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Path), session => session.UseSession());
        var group = app.MapGroup(Path).WithTags("Session")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        group.MapGet("/", ShowAsync)
            .WithSummary("The cart of this session");

        group.MapPost("/items/{item}", AddAsync)
            .WithSummary("Puts something into the cart")
            .Produces<Cart>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);

        group.MapDelete("/", (Delegate)EmptyAsync)
            .WithSummary("Empties the cart")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<Cart> ShowAsync(HttpContext context, ApiInstance instance) => new(Read(await LoadAsync(context)), instance.Name);

    private static async Task<IResult> AddAsync(HttpContext context, string item, ApiInstance instance)
    {
        var session = await LoadAsync(context);
        string[] items = [.. Read(session), RequestedName.Read(item, "item")];
        if (items.Length > MaxItems)
        {
            return Results.Problem(statusCode: StatusCodes.Status409Conflict, detail: $"The cart is full: it holds {MaxItems} items.");
        }

        session.SetString(Items, string.Join(' ', items));
        await session.CommitAsync(context.RequestAborted);
        return Results.Ok(new Cart(items, instance.Name));
    }

    private static async Task<IResult> EmptyAsync(HttpContext context)
    {
        var session = await LoadAsync(context);
        session.Clear();
        await session.CommitAsync(context.RequestAborted);
        return Results.NoContent();
    }

    // Loaded and committed by hand: what the middleware does by itself turns a cluster that is away into an empty session, and a lost change into a line in the log.
    private static async Task<ISession> LoadAsync(HttpContext context)
    {
        await context.Session.LoadAsync(context.RequestAborted);
        return context.Session;
    }

    private static string[] Read(ISession session) => session.GetString(Items)?.Split(' ') ?? [];

    /// <param name="Items">In the order in which they came.</param>
    /// <param name="ServedBy">The instance that answered.</param>
    internal sealed record Cart(IReadOnlyList<string> Items, string ServedBy);
}
