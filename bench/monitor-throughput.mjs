// How many metric rows a second one controller parses, judges and stores, beside a peer that only parses them, in turn: A B A B ... Quote the ratios.
// node bench/monitor-throughput.mjs [rounds] [rows]
import { parse } from 'csv-parse/sync';
import { build } from 'esbuild';
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const rounds = Math.max(1, Number(process.argv[2] ?? 5));
const count = Math.max(1_000, Number(process.argv[3] ?? 200_000));
const goal = 50_000;
const day = 86_400;
const chunkBytes = 2 * 1024 * 1024;
const mebibyte = 2 ** 20;
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fleet-throughput-'));

const rules = {
  metrics: [
    { kind: 'csv', name: 'csv', columns: ['step', 'loss', 'lr', 'toks_per_s'], step: 'step' },
    { kind: 'jsonl', name: 'jsonl', step: 'step', when: 'msg == "progress"' },
  ],
  progress: { source: 'csv', column: 'step', of: count },
  stall: { noProgressSeconds: 180, firstStepSeconds: 600 },
  criteria: [
    criterion('throughput', 'p50(csv.toks_per_s) >= 39', { kind: 'steps', from: 20, to: 1000 }),
    criterion('loss falls', 'slope(csv.loss) < 0', { kind: 'steps', from: 1, to: 5000 }),
    criterion('gates', 'last(jsonl.gate_entropy_mean) > 0.5', { kind: 'steps', from: 1, to: 1000 }),
  ],
  flags: [{ color: 'red', pattern: 'CUDA error|NCCL error', hint: null, expected: false }],
};

try {
  const { createRunMonitor, openStore, readOwner } = await loadParts();
  const kinds = [
    { name: 'csv', peer: 'csv-parse alone', bytes: writeRows(count), parse: (bytes) => parse(bytes).length },
    { name: 'jsonl', peer: 'JSON.parse alone', bytes: writeHeartbeats(count), parse: parseLines },
  ];
  console.log(`${rounds} rounds of ${count} rows, load ${loadavg()[0].toFixed(1)}; goal ${goal} rows/s`);
  console.log(
    `${'rows a second of one core'.padEnd(34)}${'fleet'.padStart(10)}${'peer'.padStart(10)}${'ratio'.padStart(8)}   peer`,
  );
  for (const { name, peer, bytes, parse: parseAlone } of kinds) {
    const times = { fleet: [], peer: [] };
    for (let round = 0; round <= rounds; round++) {
      const seconds = { fleet: cpuSeconds(() => take(name, bytes, openRun())), peer: cpuSeconds(() => parseAlone(bytes)) };
      if (round > 0) for (const row of ['fleet', 'peer']) times[row].push(count / seconds[row]);
    }
    const [fleet, other] = [median(times.fleet), median(times.peer)];
    const figures = `${fleet.toFixed(0).padStart(10)}${other.toFixed(0).padStart(10)}${(fleet / other).toFixed(2).padStart(8)}`;
    console.log(`${`${name}: parsed, judged, stored`.padEnd(34)}${figures}   ${peer}${fleet < goal ? '   BELOW THE GOAL' : ''}`);
  }
  restoreDay();
  watchMemory();

  function openRun() {
    const stateDir = mkdtempSync(join(folder, 'store-'));
    const store = openStore(stateDir);
    const at = Date.now();
    const targets = [{ index: 0, role: 'main', host: 'prime1', worker: 0, address: null }];
    const run = { id: 'bench', kind: 'launch', playbook: 'bench', point: null, profile: null, executor: 'detached', plan: '{}' };
    store.createRun({ ...run, targets, perHour: null, currency: null, createdAt: at }, { at, kind: 'state', text: 'queued' });
    const { lease } = store.takeLease('bench', readOwner(), { ttlMs: 600_000, takeOver: false, now: at, sinceBoot: null });
    return { store, lease, stateDir };
  }

  /** As a look does it: one chunk, one judgement, one transaction. */
  function take(source, bytes, { store, lease, stateDir }, { keep = false, seen = () => undefined } = {}) {
    const monitor = createRunMonitor(withProgress(source), null);
    for (let offset = 0; offset < bytes.length;) {
      const readAt = Date.now();
      const place = { source, worker: 0, attempt: 1, generation: 0 };
      const reading = monitor.read({ ...place, bytes: bytes.subarray(offset, offset + chunkBytes), offset, readAt });
      if (reading.consumed === 0) break;
      offset += reading.consumed;
      const { criteria, flags, progress, health } = monitor.judge({ behind: offset < bytes.length });
      const file = { attempt: 1, worker: 0, source, path: source, inode: '1', head: '1', headBytes: 256, offset, generation: 0 };
      const samples = [{ ...place, rows: reading.rows }];
      const batch = { observedAt: readAt, worker: 0, offsets: [file], samples, flags, criteria, progress, health, events: [] };
      if (!store.recordBatch(lease, batch)) throw new Error('the look was not stored');
      seen(offset / bytes.length);
    }
    if (keep) return;
    store.close();
    rmSync(stateDir, { recursive: true, force: true });
  }

  /** A controller that was away for a day of heartbeats at 1 Hz, and the next one, that has to know again what the first one knew. */
  function restoreDay() {
    const run = openRun();
    const bytes = writeHeartbeats(day);
    const caughtUp = cpuSeconds(() => take('jsonl', bytes, run, { keep: true }));
    const begun = performance.now();
    const samples = run.store.readSamples('bench', null);
    const again = createRunMonitor(withProgress('jsonl'), { samples, flags: [], criteria: [] });
    const restored = (performance.now() - begun) / 1000;
    const { step } = again.judge().progress;
    if (step !== day) throw new Error(`expected step ${day}, got ${step}`);
    console.log(
      `a day of heartbeats (${day} rows): caught up in ${caughtUp.toFixed(1)} s of one core, restored in ${restored.toFixed(1)} s`,
    );
    run.store.close();
  }

  function watchMemory() {
    const run = openRun();
    const marks = [0.1, 0.5, 0.999];
    const sizes = [];
    const seen = (part) => {
      if (part < (marks[sizes.length] ?? 2)) return;
      globalThis.gc?.();
      sizes.push(process.memoryUsage().rss / mebibyte);
    };
    take('csv', writeRows(5 * count), run, { seen });
    console.log(`RSS at 10 %, 50 %, 100 % of ${5 * count} rows: ${sizes.map((size) => size.toFixed(0)).join(', ')} MiB`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The parts of the program as they are, each bundled by itself. */
async function loadParts() {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const contents = `export * from './src/monitor/run-monitor.ts'; export * from './src/store/open-store.ts'; export * from './src/store/owner.ts';`;
  const outfile = join(folder, 'parts.mjs');
  const stdin = { contents, resolveDir: root, loader: 'ts' };
  await build({ stdin, outfile, bundle: true, format: 'esm', platform: 'node', packages: 'external', logLevel: 'error' });
  if (statSync(outfile).size === 0) throw new Error('nothing was bundled');
  return import(pathToFileURL(outfile).href);
}

function criterion(name, expr, window) {
  return { name, expr, window, expected: null, severity: 'red' };
}

function withProgress(source) {
  return { ...rules, progress: { ...rules.progress, source } };
}

function writeRows(rows) {
  const lines = Array.from(
    { length: rows },
    (_, index) => `${index + 1},${(4 - index / rows).toFixed(4)},2.0e-04,${50 + (index % 3)}\n`,
  );
  return Buffer.from(lines.join(''));
}

function writeHeartbeats(rows) {
  const begun = Date.now() / 1000 - rows;
  const lines = Array.from(
    { length: rows },
    (_, index) =>
      `{"ts":${begun + index},"iso":"2026-01-01T00:00:00Z","pid":4242,"rank":0,"step":${index + 1},"msg":"progress","loss":${(4 - index / rows).toFixed(4)},"toks_per_s":51.5,"grad_norm":1.1,"gate_entropy_mean":0.61}\n`,
  );
  return Buffer.from(lines.join(''));
}

function parseLines(bytes) {
  let parsed = 0;
  for (const line of bytes.toString().split('\n')) if (line !== '' && typeof JSON.parse(line) === 'object') parsed += 1;
  return parsed;
}

function cpuSeconds(work) {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

function median(values) {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
}
