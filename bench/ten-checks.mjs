// Ten quick checks on ten hosts: `fleet validate` beside what people use today, cold connections, taken in turn: A B C A B C ...
// node bench/ten-checks.mjs [rounds] [hosts, at most 16]      FLEET=/path/to/bin/fleet.js measures another build
//
// The hosts are one sshd on 127.0.1.1, 127.0.1.2 ... with keys and a home folder of its own; all of it is removed at the end. It
// shares the processors with what is measured. Every tool runs `true` ten times on each host, one after the other, and checks host
// keys; fleet also looks at what each host has, keeps a record of every check on disk, and draws the table. "cpu" is what the
// command and its children used; a ControlMaster in the background is not in it. Quote the ratios, not the seconds.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeClientFiles, writeLines } from './client-files.mjs';
import { findProgram, median, startSshd } from './loopback-sshd.mjs';

const rounds = Math.max(1, Number(process.argv[2] ?? 5));
const hostCount = Math.min(16, Math.max(1, Number(process.argv[3] ?? 10)));
const checks = 10;
const fleet = process.env.FLEET ?? fileURLToPath(new URL('../bin/fleet.js', import.meta.url));
const limitMs = 120_000;
const ticksPerSecond = 100;

const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
const addresses = Array.from({ length: hostCount }, (_, index) => `127.0.1.${index + 1}`);
const env = { ...process.env, HOME: join(folder, 'client'), FLEET_STATE_DIR: join(folder, 'state'), NO_COLOR: '1' };

let sshd = null;
const remove = () => {
  sshd?.kill('SIGKILL');
  closeMasters();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
};
process.once('exit', remove);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

sshd = await startHosts();
const rows = listRows().map((row) => ({ ...row, seconds: [], cpu: [] }));
for (let round = 0; round <= rounds; round++) {
  for (const row of rows) {
    const measured = measure(row);
    // The first round is for what is done once: the script on the hosts, the store, the caches.
    if (round === 0) continue;
    row.seconds.push(measured.seconds);
    row.cpu.push(measured.cpu);
  }
}
printTable();

function listRows() {
  const ansible = (file) => ['ansible-playbook', '-f', String(hostCount), '-i', join(folder, 'hosts.ini'), join(folder, file)];
  const masters = (options) => ['sh', '-c', `xargs -P ${hostCount} -I{} sh -c '${repeatSsh(options)}' <${join(folder, 'hosts')}`];
  const wanted = [
    {
      name: 'fleet validate',
      needs: 'node',
      argv: [
        process.execPath,
        fleet,
        'validate',
        join(folder, 'ten.yaml'),
        '--host',
        '*',
        '--inventory',
        join(folder, 'inventory.yaml'),
      ],
    },
    { name: 'ansible-playbook, command', needs: 'ansible-playbook', argv: ansible('command.yml'), goal: 0.1 },
    { name: 'ansible-playbook, raw', needs: 'ansible-playbook', argv: ansible('raw.yml'), goal: 0.28 },
    { name: 'ssh over masters', needs: 'ssh', argv: masters(''), goal: 0.75 },
    { name: 'ssh over masters, curve25519', needs: 'ssh', argv: masters('-o KexAlgorithms=curve25519-sha256') },
  ];
  for (const { name, needs } of wanted) {
    if (!isInstalled(needs)) console.log(`left out: ${name} (${needs} is not installed)`);
  }
  return wanted.filter(({ needs }) => isInstalled(needs));
}

function repeatSsh(options) {
  const ssh = `ssh -F ${join(folder, 'ssh_config')} ${options} -o ControlMaster=auto -o ControlPath=${folder}/m-%h -o ControlPersist=60s {} true`;
  return Array.from({ length: checks }, () => ssh).join(' && ');
}

function measure({ name, argv: [program, ...args] }) {
  closeMasters();
  const cpuBefore = childCpuSeconds();
  const began = performance.now();
  const cwd = folder;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...env, ANSIBLE_CONFIG: join(folder, 'ansible.cfg') },
    timeout: limitMs,
  });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${name}: exit status ${status}: ${error ?? ''}\n${stdout}\n${stderr}`);
  return { seconds, cpu: childCpuSeconds() - cpuBefore };
}

/** User and system time of the children waited for so far, fields 16 and 17 of /proc/self/stat. */
function childCpuSeconds() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

function closeMasters() {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('m-'))) {
    spawnSync('ssh', ['-F', join(folder, 'ssh_config'), '-O', 'exit', '-o', `ControlPath=${join(folder, name)}`, 'any'], {
      env,
      timeout: 10_000,
    });
  }
}

function printTable() {
  const [ours] = rows;
  console.log(`${checks} checks on ${hostCount} hosts, medians of ${rounds} rounds, load ${loadavg()[0].toFixed(1)} at the end`);
  console.log(
    `${'command'.padEnd(32)}${'wall s'.padStart(8)}${'cpu s'.padStart(8)}${'fleet/it'.padStart(10)}${'goal'.padStart(8)}`,
  );
  for (const { name, seconds, cpu, goal } of rows) {
    const ratio = median(ours.seconds) / median(seconds);
    console.log(
      `${name.padEnd(32)}${median(seconds).toFixed(2).padStart(8)}${median(cpu).toFixed(2).padStart(8)}${ratio.toFixed(2).padStart(10)}${(goal ?? '').toString().padStart(8)}`,
    );
  }
}

async function startHosts() {
  mkdirSync(join(folder, 'client'));
  const { server, port, hostKey } = await startSshd({ folder, addresses });
  writeFiles(port, hostKey);
  return server;
}

function writeFiles(port, hostKey) {
  const hosts = Object.fromEntries(addresses.map((address, index) => [`host${index + 1}`, address]));
  writeClientFiles({ folder, port, hostKey, hosts });
  const playbook = (module) =>
    JSON.stringify([
      {
        hosts: 'all',
        gather_facts: false,
        tasks: Array.from({ length: checks }, () => ({ [module]: 'true', changed_when: false })),
      },
    ]);
  writeLines(folder, {
    hosts: addresses,
    'ansible.cfg': [
      '[defaults]',
      'host_key_checking = True',
      'gathering = explicit',
      'interpreter_python = /usr/bin/python3',
      'stdout_callback = minimal',
      '[ssh_connection]',
      'pipelining = True',
      `ssh_args = -F ${join(folder, 'ssh_config')} -o ControlMaster=auto -o ControlPersist=60s`,
      `control_path = ${folder}/m-%%h`,
    ],
    'hosts.ini': addresses,
    'command.yml': [playbook('command')],
    'raw.yml': [playbook('raw')],
    'ten.yaml': [
      'playbook: ten',
      'validate:',
      ...Array.from({ length: checks }, (_, index) => `  - { check: 'check ${index + 1}', run: 'true' }`),
    ],
  });
}

function isInstalled(program) {
  return findProgram(program) !== undefined;
}
