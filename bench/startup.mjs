// Start-up of fleet beside bare Node, taken in turn: A B C A B C ... Quote the ratios, not the milliseconds.
// node bench/startup.mjs [rounds]      FLEET=/path/to/bin/fleet.js measures another build
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rounds = Math.max(1, Number(process.argv[2] ?? 15));
const runsInStore = 20;
const fleet = process.env.FLEET ?? fileURLToPath(new URL('../bin/fleet.js', import.meta.url));
const stateDir = mkdtempSync(join(tmpdir(), 'fleet-startup-'));

const rows = [
  { name: 'node -e 0', argv: ['-e', '0'], goal: null },
  { name: 'fleet --version', argv: [fleet, '--version'], goal: 1.35 },
  { name: 'fleet --help', argv: [fleet, '--help'], goal: null },
  { name: 'fleet status', argv: [fleet, 'status'], goal: 2.2 },
  { name: `fleet status, ${runsInStore} runs`, argv: [fleet, 'status'], store: true, goal: 2.2 },
  { name: 'fleet hosts', argv: [fleet, 'hosts'], goal: null },
].map((row) => ({ ...row, times: [] }));

try {
  fillStore();
  for (let round = 0; round <= rounds; round++) {
    for (const row of rows) {
      const ms = time(row);
      if (round > 0) row.times.push(ms);
    }
  }
} finally {
  rmSync(stateDir, { recursive: true, force: true });
}

const bare = median(rows[0].times);
console.log(
  `${'command'.padEnd(24)}${'median ms'.padStart(10)}${'ratio'.padStart(8)}${'goal'.padStart(8)}   (${rounds} rounds, load ${loadavg()[0].toFixed(1)})`,
);
for (const { name, times, goal } of rows) {
  const ms = median(times);
  console.log(
    `${name.padEnd(24)}${ms.toFixed(0).padStart(10)}${(ms / bare).toFixed(2).padStart(8)}${(goal ?? '').toString().padStart(8)}`,
  );
}

/** Runs of hosts that refuse the connection: each ends as cancelled, and `status` shows it for a day. */
function fillStore() {
  const inventory = join(stateDir, 'inventory.yaml');
  const playbook = join(stateDir, 'look.yaml');
  const range = `[1-${runsInStore}]`;
  writeFileSync(inventory, `hosts:\n  'host${range}': { address: '127.0.1.${range}', ssh: { port: 1 } }\n`);
  writeFileSync(playbook, "playbook: look\nvalidate: [{ check: nothing, run: 'true' }]\n");
  const env = { ...process.env, FLEET_STATE_DIR: join(stateDir, 'store') };
  const argv = [fleet, 'validate', playbook, '--host', 'host*', '--inventory', inventory];
  const { status, stderr } = spawnSync(process.execPath, argv, { env, timeout: 120_000 });
  if (status !== 4) throw new Error(`filling the store: expected exit status 4, got ${status}: ${stderr.toString()}`);
}

function time({ name, argv, store }) {
  const env = { ...process.env, FLEET_STATE_DIR: join(stateDir, store ? 'store' : 'none') };
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
  const ms = performance.now() - started;
  if (status !== 0) throw new Error(`${name}: exit status ${status}: ${stderr.toString()}`);
  return ms;
}

function median(times) {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)];
}
