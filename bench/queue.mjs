// How long the daemon's look at a queue of entries that wait takes, and what `queue list` does, in time of the processor.
// node bench/queue.mjs [rounds] [entries]
import { build } from 'esbuild';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const rounds = Math.max(1, Number(process.argv[2] ?? 9));
const count = Math.max(1, Number(process.argv[3] ?? 10_000));
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fleet-queue-'));

try {
  const { openStore, describeQueue, readScene, decideQueue } = await bundle();
  const store = openStore(join(folder, 'state'));
  store.addEntries(Array.from({ length: count }, (_, index) => entry(index)));
  const now = Date.parse('2026-11-27T12:00:00Z');
  const look = [];
  const list = [];
  for (let round = 0; round < rounds; round += 1) {
    look.push(measure(() => decideQueue(readScene(store, now))));
    list.push(measure(() => describeQueue(store, now, Number.POSITIVE_INFINITY)));
  }
  store.close();
  const report = { entries: count, lookMs: median(look), listMs: median(list), load: loadavg()[0], node: process.version };
  process.stdout.write(`${JSON.stringify(report)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

async function bundle() {
  const source = [
    ['openStore', 'src/store/open-store.ts'],
    ['describeQueue', 'src/cli/queue/entry-document.ts'],
    ['readScene', 'src/queue/read-scene.ts'],
    ['decideQueue', 'src/queue/decide.ts'],
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
    name: `trm seed=${index} on h${index % 50}`,
    playbook: 'trm',
    point: null,
    host: `h${index % 50}`,
    hosts: [`h${index % 50}`],
    params: { seed: String(index) },
    asked: '{}',
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
    addedAt: 0,
  };
}

function measure(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(values) {
  return Math.round(values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] * 10) / 10;
}
