// What a queue of entries that wait takes of the processor: a tick of the daemon, `queue list` up to the text that it prints, as a table and as
// JSON, and the queue's line of `fleet status`. Medians of the rounds, and the first round, which is what a process does that ends after it.
// node bench/queue.mjs [rounds] [entries]
import { build } from 'esbuild';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const rounds = Math.max(1, Number(process.argv[2] ?? 9));
const count = Math.max(1, Number(process.argv[3] ?? 10_000));
const hosts = 50;
const noon = Date.parse('2026-11-27T12:00:00Z');
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fleet-queue-'));

try {
  const { openStore, lookAtQueue, describeQueue, renderQueue, readQueueStatus } = await bundle();
  const store = openStore(join(folder, 'state'));
  store.addEntries(Array.from({ length: count }, (_, index) => entry(index)));
  for (let host = 0; host < hosts; host += 1) store.quarantine({ host: `h${host}`, reason: 'a bench', by: 'bench', at: 0 });
  const clock = { now: () => noon, sinceBoot: () => 0, monotonic: () => 0, wait: () => Promise.resolve() };
  const parts = { store, clock, owner: null, tell: refuse, planEntry: refuse, planSchedule: refuse };
  const list = () => ({ entries: describeQueue(store, noon, Number.POSITIVE_INFINITY) });
  const works = {
    tickMs: () => lookAtQueue(parts),
    listMs: () => renderQueue(list(), { width: null, paint: (_, text) => text }).join('\n'),
    listJsonMs: () => JSON.stringify(list(), null, 2),
    statusMs: () => readQueueStatus(store, { now: noon, sinceBoot: 0 }),
  };
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let done = 0; done < rounds; done += 1)
    for (const [name, work] of Object.entries(works)) times[name].push(await measure(work));
  store.close();
  const medians = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
  const first = Object.fromEntries(Object.entries(times).map(([name, [value]]) => [name, round(value)]));
  process.stdout.write(`${JSON.stringify({ entries: count, ...medians, first, load: loadavg()[0], node: process.version })}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Nothing starts here: every window is closed. */
function refuse() {
  throw new Error('nothing of the queue was to start');
}

async function bundle() {
  const source = [
    ['openStore', 'src/store/open-store.ts'],
    ['lookAtQueue', 'src/queue/look.ts'],
    ['describeQueue', 'src/cli/queue/entry-document.ts'],
    ['renderQueue', 'src/cli/render/queue.ts'],
    ['readQueueStatus', 'src/cli/queue/queue-status.ts'],
  ].map(([name, file]) => `export { ${name} } from ${JSON.stringify(join(root, file))};`);
  const outfile = join(folder, 'queue.mjs');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    stdin: { contents: source.join('\n'), resolveDir: root },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    loader: { '.sh': 'text' },
  });
  return import(pathToFileURL(outfile).href);
}

function entry(index) {
  return {
    id: `e${index}`,
    name: `trm seed=${index} on h${index % hosts}`,
    playbook: 'trm',
    point: null,
    host: `h${index % hosts}`,
    hosts: [`h${index % hosts}`],
    params: { seed: String(index) },
    asked: JSON.stringify({
      file: '/home/somebody/fleet/playbooks/trm.yaml',
      inventories: ['/home/somebody/fleet/inventories/lab.yaml'],
      profile: null,
      answer: [],
      waive: [],
      yes: true,
      observe: false,
    }),
    sweep: null,
    schedule: null,
    batch: 'night',
    onFailure: 'go-on',
    budget: null,
    priority: index % 3,
    after: null,
    mayStart: { from: 22 * 60, to: 2 * 60 },
    yieldBy: 8 * 60,
    zone: 'Europe/Berlin',
    canGoOn: true,
    retries: 0,
    state: 'waiting',
    addedAt: Math.floor(index / 20) * 1000,
  };
}

async function measure(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(values) {
  return round(values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]);
}

function round(value) {
  return Math.round(value * 10) / 10;
}
