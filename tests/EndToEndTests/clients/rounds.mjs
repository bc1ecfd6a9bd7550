// In a container that references the cluster: writes and reads keys of all shards, round after round, and prints how each went. With an argument it
// ignores the address map.
import { setTimeout } from 'node:timers/promises';
import Redis from 'ioredis';

const password = process.env.REDIS_PASSWORD;
const seeds = process.env.REDIS_NODES.split(',').map(node => ({ host: node.split(':')[0], port: Number(node.split(':')[1]) }));
const keys = Array.from({ length: 500 }, (_, number) => `ioredis:${number}`);

function connect() {
  if (process.argv[2]) {
    return new Redis.Cluster(seeds, { redisOptions: { password } });
  }
  const ways = Object.fromEntries(process.env.REDIS_ADDRESSMAP.split(',').map(pair => pair.match(/(.+)=(.+):(.+)/)).map(([, announced, host, port]) => [announced, { host, port: +port }]));
  return new Redis.Cluster(seeds, { natMap: ways, redisOptions: { password } });
}

console.log(`nodes ${process.env.REDIS_NODES} map ${process.env.REDIS_ADDRESSMAP}`);
const cluster = connect();
cluster.on('error', error => console.log(error.message));
for (;;) {
  const round = { failed: 0, wrong: 0 };
  await Promise.all(keys.map(async key => {
    try {
      await cluster.set(key, `value of ${key}`);
      round.wrong += await cluster.get(key) === `value of ${key}` ? 0 : 1;
    } catch (error) {
      round.failed++;
      round.error = error.message;
    }
  }));
  console.log(JSON.stringify(round));
  await setTimeout(200);
}
