// How many round trips a preflight of twenty quick checks takes, through a line that delays: node bench/round-trips.mjs [rounds]
//
// `fleet validate` is timed with 0 ms and with 100 ms of round-trip time, in turn; the difference of the medians, divided by 100 ms, is
// the number of round trips one after the other, from the first packet to the last row. Beside it stand the same twenty commands as
// people run them: one `ssh` each over a ControlMaster, through the same line.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeClientFiles, writeLines } from './client-files.mjs';
import { findProgram, median, startSshd } from './loopback-sshd.mjs';

const rounds = Math.max(1, Number(process.argv[2] ?? 5));
const checks = 20;
const roundTripMs = 100;
const limitMs = 120_000;
const fleet = process.env.FLEET ?? fileURLToPath(new URL('../bin/fleet.js', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
const env = { ...process.env, HOME: join(folder, 'client'), FLEET_STATE_DIR: join(folder, 'state'), NO_COLOR: '1' };
let sshd = null;
process.once('exit', () => {
  sshd?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

mkdirSync(join(folder, 'client'));
const started = await startSshd({ folder, addresses: ['127.0.1.1'] });
sshd = started.server;
const line = await openLine(started.port);
writeFiles(line.port, started.hostKey);
const rows = [
  {
    name: `fleet validate, ${checks} checks`,
    run: () =>
      call(process.execPath, [
        fleet,
        'validate',
        join(folder, 'twenty.yaml'),
        '--host',
        'far',
        '--inventory',
        join(folder, 'inventory.yaml'),
      ]),
  },
  {
    name: 'fleet validate, no check',
    run: () =>
      call(process.execPath, [
        fleet,
        'validate',
        join(folder, 'none.yaml'),
        '--host',
        'far',
        '--inventory',
        join(folder, 'inventory.yaml'),
      ]),
  },
  ...(findProgram('ssh') === undefined ? [] : [{ name: `ssh over a master, ${checks} times`, run: callSsh }]),
].map((row) => ({ ...row, near: [], far: [] }));

for (let round = 0; round <= rounds; round++) {
  for (const row of rows) {
    for (const distance of ['near', 'far']) {
      line.delayMs = distance === 'far' ? roundTripMs / 2 : 0;
      const began = performance.now();
      await row.run();
      // The first round is for what is done once: the script on the host, the store, the caches.
      if (round > 0) row[distance].push(performance.now() - began);
    }
  }
}
console.log(`medians of ${rounds} rounds, load ${loadavg()[0].toFixed(1)} at the end`);
console.log(`${'command'.padEnd(34)}${'0 ms'.padStart(8)}${`${roundTripMs} ms`.padStart(9)}${'round trips'.padStart(13)}`);
for (const { name, near, far } of rows) {
  const [close, away] = [median(near), median(far)];
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
  console.log(
    `${name.padEnd(34)}${seconds(close).padStart(8)}${seconds(away).padStart(9)}${((away - close) / roundTripMs).toFixed(1).padStart(13)}`,
  );
}
line.close();

/** What is written at one end comes out at the other so much later, in order. */
async function openLine(port) {
  const state = { delayMs: 0 };
  const later = (from, to) => {
    from.on('data', (chunk) => setTimeout(() => to.write(chunk), state.delayMs));
    from.on('close', () => setTimeout(() => to.destroy(), state.delayMs));
    from.on('error', () => to.destroy());
  };
  const server = createServer((near) => {
    const far = connect(port, '127.0.1.1');
    for (const socket of [near, far]) socket.setNoDelay(true);
    later(near, far);
    later(far, near);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, { port: server.address().port, close: () => server.close() });
}

async function callSsh() {
  const ssh = ['-F', join(folder, 'ssh_config'), 'far'];
  try {
    for (let count = 0; count < checks; count++) await call('ssh', [...ssh, 'true']);
  } finally {
    await call('ssh', ['-O', 'exit', ...ssh]);
  }
}

/** Not in this process alone: the line is served by it meanwhile. */
function call(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'], timeout: limitMs });
    let said = '';
    child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program}: exit status ${code}: ${said}`))));
  });
}

function writeFiles(port, hostKey) {
  const options = ['ControlMaster auto', `ControlPath ${join(folder, 'master')}`, 'ControlPersist 60s'];
  writeClientFiles({ folder, port, hostKey, hosts: { far: '127.0.0.1' }, options });
  const look = [
    (n) => `{ check: command ${n}, run: 'true' }`,
    (n) => `{ check: file ${n}, files: { glob: /etc/passwd } }`,
    (n) => `{ check: variable ${n}, environment: { HOME: { set: true } } }`,
    (n) => `{ check: nobody ${n}, processes: { match: no-such-program-${n} } }`,
  ];
  writeLines(folder, {
    'none.yaml': ['playbook: none', 'validate: []'],
    'twenty.yaml': [
      'playbook: twenty',
      'validate:',
      ...Array.from({ length: checks }, (_, index) => `  - ${look[index % look.length](index + 1)}`),
    ],
  });
}
