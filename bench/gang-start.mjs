// One run on many workers: how far apart its starts are, how long it takes, how much memory its controller has: node bench/gang-start.mjs [rounds] [workers]
//
// One sshd stands for all workers of one slice, which share a home as the workers of a slice on NFS do, and all of them the processors of this machine.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setInterval, clearInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { openBenchFolder } from './bench-folder.mjs';
import { writeClientFiles } from './client-files.mjs';
import { median, startSshd } from './loopback-sshd.mjs';

const rounds = Math.max(1, Number(process.argv[2] ?? 3));
const workers = Math.min(250, Math.max(2, Number(process.argv[3] ?? 64)));
const limitMs = 300_000;
const fleet = process.env.FLEET ?? fileURLToPath(new URL('../bin/fleet.js', import.meta.url));

const { folder, at, env, endWith } = openBenchFolder();
const addresses = Array.from({ length: workers }, (_, index) => `127.0.1.${index + 1}`);
const hosts = Object.fromEntries(addresses.map((address, index) => [`w${index}`, address]));
const started = await startSshd({ folder, addresses });
endWith(started.server);
writeClientFiles({ folder, port: started.port, hostKey: started.hostKey, hosts });
const slice = {
  workers: addresses,
  ssh: {
    port: started.port,
    user: process.env.USER ?? 'root',
    key: at('user-key'),
    agent: false,
    'known-hosts': at('known_hosts'),
  },
  'remote-dir': at('remote'),
};
writeFileSync(at('slice.yaml'), JSON.stringify({ hosts: { slice } }));
writeFileSync(
  at('many.yaml'),
  `playbook: many
workdir: ${at('home')}
gang: { within: 2m }
launch:
  log: log
  run: date +%s.%N >starts-$FLEET_WORKER_INDEX; sleep 5
`,
);

const rows = [
  {
    name: 'fleet',
    run: () => call(process.execPath, fleet, 'launch', at('many.yaml'), '--host', 'slice', '--inventory', at('slice.yaml')),
  },
  {
    name: 'ssh at once',
    run: async () => {
      const all = Object.keys(hosts).map((host, index) =>
        call('ssh', '-F', at('ssh_config'), host, `date +%s.%N >${at('home')}/starts-${index}`),
      );
      return { ...(await Promise.all(all))[0], peakMiB: null };
    },
  },
].map((row) => ({ ...row, results: [] }));

for (let round = 0; round < rounds; round++) {
  for (const row of rows) {
    const began = performance.now();
    const { peakMiB } = await row.run();
    const seconds = (performance.now() - began) / 1000;
    const starts = addresses.map((_, index) => readStart(index));
    row.results.push({ seconds, peakMiB, spread: Math.max(...starts) - Math.min(...starts) });
  }
}
console.log(`${workers} workers, medians of ${rounds} rounds, load ${loadavg()[0].toFixed(1)} at the end`);
for (const { name, results } of rows) {
  const of = (key) => median(results.map((result) => result[key]));
  const memory = of('peakMiB') === null ? '' : `, ${of('peakMiB').toFixed(0)} MiB at its peak`;
  console.log(`${name.padEnd(14)}starts within ${of('spread').toFixed(2)} s, ${of('seconds').toFixed(1)} s in all${memory}`);
}
process.exit(0);

function readStart(index) {
  const file = join(at('home'), `starts-${index}`);
  if (!existsSync(file)) throw new Error(`worker ${index} did not start`);
  const start = Number(readFileSync(file, 'utf8'));
  rmSync(file);
  return start;
}

function call(...words) {
  return new Promise((resolve, reject) => {
    const child = spawn(words[0], words.slice(1), {
      env,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    let peakMiB = 0;
    const look = setInterval(() => {
      const [, kib] = /VmHWM:\s+(\d+)/.exec(readStatus(child.pid)) ?? [];
      if (kib !== undefined) peakMiB = Math.max(peakMiB, Number(kib) / 1024);
    }, 200);
    const said = [];
    child.stdout.on('data', (chunk) => said.push(chunk));
    child.stderr.on('data', (chunk) => said.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(look);
      if (code === 0) resolve({ peakMiB });
      else reject(new Error(`${words.slice(0, 4).join(' ')}: exit ${code}: ${Buffer.concat(said).toString().slice(-2000)}`));
    });
  });
}

function readStatus(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
