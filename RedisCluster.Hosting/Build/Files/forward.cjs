// Inside a container localhost is the container itself, and the cluster sends its clients to localhost:7001 and so on. Each of these ports is forwarded to its node
// (REDIS_ADDRESSMAP is announced=reachable,...); then the program that the arguments name is started. Its secrets are in a file: argv and the container's environment show.
'use strict';
const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const net = require('node:net');
const path = require('node:path');

function parse(address) {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

function forward(port, node) {
  for (const host of ['127.0.0.1', '::1']) {
    net.createServer(client => {
      const server = net.connect(node);
      client.pipe(server);
      server.pipe(client);
      for (const [one, other] of [[client, server], [server, client]]) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    }).on('error', cause => {
      // A container without IPv6 is an ordinary one.
      if (host === '127.0.0.1') {
        console.error(`Expected to listen on ${host}:${port} for ${node.host}:${node.port}, found: ${cause.message}`);
        process.exit(1);
      }
    }).listen(port, host);
  }
}

for (const pair of (process.env.REDIS_ADDRESSMAP || '').split(',').filter(Boolean)) {
  const [announced, reachable] = pair.split('=');
  if (announced !== reachable && parse(announced).host === 'localhost') {
    forward(parse(announced).port, parse(reachable));
  }
}

const [program, ...programArguments] = process.argv.slice(2);
const secrets = JSON.parse(readFileSync(path.join(__dirname, 'environment.json'), 'utf8'));
const child = spawn(program, programArguments, { stdio: 'inherit', env: { ...process.env, ...secrets } });
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => child.kill(signal));
}

child.on('error', cause => {
  console.error(`Expected to start ${program}, found: ${cause.message}`);
  process.exit(127);
});
child.on('exit', code => process.exit(code ?? 1));
