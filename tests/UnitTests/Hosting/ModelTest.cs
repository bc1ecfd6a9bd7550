using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace UnitTests.Hosting;

/// <summary>Applications that are built and never started, gone with the test.</summary>
public abstract class ModelTest : IDisposable
{
    private readonly List<TestApplication> _applications = [];

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _applications.ForEach(application => application.Dispose());
    }

    private protected IResourceBuilder<RedisClusterResource> Containers(params string[] settings) => Cluster(["RedisCluster:Runtime=Container", .. settings]);

    private protected IResourceBuilder<RedisClusterResource> Processes(params string[] settings) => Cluster(["RedisCluster:Runtime=Process", .. settings]);

    private protected IResourceBuilder<RedisClusterResource> Cluster(params string[] settings) => Application(settings).Builder.AddRedisCluster("redis");

    private protected TestApplication Application(params string[] settings)
    {
        var application = new TestApplication(settings);
        _applications.Add(application);
        return application;
    }
}
