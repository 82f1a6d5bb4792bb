// A job over several nodes, as small as can be: they meet at MASTER_ADDR:MASTER_PORT, sum a few numbers at each step, and write `step,loss` rows.
//
//   MASTER_ADDR=… MASTER_PORT=… NODE_RANK=0 NNODES=2 node rendezvous.mjs --steps 10 --csv out/training.csv
//
// Rank 0 listens, the others connect, for at most 20 seconds. Exit 0 at the end of all steps; exit 1 when a node does not come, or goes away.
import { appendFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const meetWithinMs = 20_000;
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '10' },
    csv: { type: 'string', default: 'training.csv' },
    'step-ms': { type: 'string', default: '20' },
  },
});
const [address, port, rank, nodes] = ['MASTER_ADDR', 'MASTER_PORT', 'NODE_RANK', 'NNODES'].map((name) => {
  const value = process.env[name];
  if (value === undefined || value === '') leave(`${name} is not set`);
  return name === 'MASTER_ADDR' ? value : Number(value);
});

function say(text) {
  process.stdout.write(`[Rank ${rank}/${nodes}] ${text}\n`);
}

function leave(why) {
  process.stderr.write(`[Rank ${process.env.NODE_RANK ?? '?'}/${process.env.NNODES ?? '?'}] ${why}\n`);
  process.exit(1);
}

/** Lines of JSON, both ways. */
function converse(socket, name) {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const peer = {
    name,
    tell: (message) => socket.write(`${JSON.stringify(message)}\n`),
    async hear(step) {
      const { value, done } = await lines.next().catch(() => ({ done: true }));
      if (done) leave(`${peer.name} went away before step ${step} was done`);
      return JSON.parse(value);
    },
    end: () => socket.end(),
  };
  return peer;
}

async function gather() {
  const peers = new Map();
  const server = createServer();
  const late = setTimeout(() => {
    const missing = Array.from({ length: nodes }, (_, each) => each).filter((each) => each !== 0 && !peers.has(each));
    leave(`rank ${missing.join(', ')} did not come within ${meetWithinMs / 1000} s`);
  }, meetWithinMs);
  server.on('error', (error) => leave(`cannot listen on port ${port}: ${error.message}`));
  await new Promise((resolve) => {
    server.on('connection', async (socket) => {
      const peer = converse(socket, 'a node');
      const hello = await peer.hear(0);
      peer.name = `rank ${hello.rank}`;
      peers.set(hello.rank, peer);
      if (peers.size === nodes - 1) resolve();
    });
    server.listen(port, () => nodes === 1 && resolve());
  });
  clearTimeout(late);
  server.close();
  return [...peers.values()];
}

async function join() {
  const until = Date.now() + meetWithinMs;
  for (;;) {
    const socket = connect({ host: address, port });
    const why = await new Promise((resolve) => {
      socket.once('connect', () => resolve(null));
      socket.once('error', (error) => resolve(error.message));
    });
    if (why === null) return converse(socket, 'rank 0');
    if (Date.now() > until) leave(`rank 0 did not answer at ${address}:${port} within ${meetWithinMs / 1000} s: ${why}`);
    await wait(100);
  }
}

/** The sum over all nodes of what each gives. */
function makeAllReduce(peers, master) {
  return async (step, given) => {
    if (master !== null) {
      master.tell({ step, given });
      return (await master.hear(step)).sum;
    }
    const heard = await Promise.all(peers.map((peer) => peer.hear(step)));
    const sum = given.map((value, index) => heard.reduce((total, each) => total + each.given[index], value));
    for (const peer of peers) peer.tell({ step, sum });
    return sum;
  };
}

const master = rank === 0 ? null : await join();
master?.tell({ rank });
const peers = rank === 0 ? await gather() : [];
const allReduce = makeAllReduce(peers, master);
say('Starting training worker');
for (let step = 1; step <= Number(values.steps); step++) {
  const [loss, count] = await allReduce(step, [(rank + 1) / step, 1]);
  if (count !== nodes) leave(`step ${step}: ${count} of ${nodes} nodes took part`);
  appendFileSync(values.csv, `${step},${loss / nodes}\n`);
  say(`step ${step}: loss ${loss / nodes}`);
  await wait(Number(values['step-ms']));
}
say('done');
master?.end();
for (const peer of peers) peer.end();
