// node cluster-client.mjs localhost:7001 <password>
// Knows one announced address; prints as JSON which nodes it learned of and how many keys it read back.
import { Cluster } from 'ioredis';

const [address, password] = process.argv.slice(2);
const [host, port] = address.split(':');
const keyCount = 500;

const cluster = new Cluster([{ host, port: Number(port) }], {
  redisOptions: { password, connectTimeout: 3000 },
  clusterRetryStrategy: (attempt) => (attempt > 5 ? null : 200),
});
cluster.on('error', (error) => console.error(error.message));

const keys = Array.from({ length: keyCount }, (_, number) => `ioredis:${number}`);
await Promise.all(keys.map((key) => cluster.set(key, `value of ${key}`)));
const values = await Promise.all(keys.map((key) => cluster.get(key)));
const readBack = values.filter((value, index) => value === `value of ${keys[index]}`).length;
const nodes = cluster.nodes('all').map((node) => `${node.options.host}:${node.options.port}`);

console.log(JSON.stringify({ nodes, readBack }));
await cluster.quit();
