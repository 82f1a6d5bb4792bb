// The same folder to eight hosts, beside scp and tar over ssh, and by way of the first host: node bench/send-to-all.mjs [rounds] [MB]
//
// One sshd stands for eight hosts, each with a folder of its own. All of them share the processors of this machine and a network without a limit: what is
// compared is work, not lines. `spread` is what a host could do for the others if it had a key for them.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBenchFolder } from './bench-folder.mjs';
import { writeClientFiles, writeLines } from './client-files.mjs';
import { findProgram, median, startSshd } from './loopback-sshd.mjs';

const rounds = Math.max(1, Number(process.argv[2] ?? 3));
const megabytes = Math.max(10, Number(process.argv[3] ?? 200));
const limitMs = 300_000;
const fleet = process.env.FLEET ?? fileURLToPath(new URL('../bin/fleet.js', import.meta.url));

const { folder, at, env, endWith } = openBenchFolder();
const hosts = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`h${index + 1}`, `127.0.1.${index + 1}`]));
const names = Object.keys(hosts);
const started = await startSshd({ folder, addresses: Object.values(hosts) });
endWith(started.server);
writeClientFiles({ folder, port: started.port, hostKey: started.hostKey, hosts });
writeSource();
writePlaybook();

const ssh = (host, command) => ['ssh', '-F', at('ssh_config'), host, command];
const scp = (host) => ['scp', '-q', '-r', '-F', at('ssh_config'), at('source'), `${host}:${at(`work-${host}`)}`];
const tar = (host) => `tar -C ${at('source')} -cf - . | ssh -F ${at('ssh_config')} ${host} 'tar -C ${at(`work-${host}`)} -xf -'`;
const [first, ...others] = names;
const each = (some, words) => () => Promise.all(some.map((host) => call(...words(host))));
const rows = [
  { name: 'fleet, one host', run: () => launch('send', first) },
  { name: 'fleet, eight at once', run: () => launch('send', 'h*') },
  { name: 'fleet, eight that have it', run: () => launch('send', 'h*'), keeps: true },
  { name: 'fleet, eight, and nothing to send', run: () => launch('none', 'h*') },
  ...(findProgram('scp') === undefined
    ? []
    : [
        { name: 'scp, one host', run: each([first], scp) },
        { name: 'scp, eight at once', run: each(names, scp) },
        {
          name: 'scp to the first, spread from there',
          run: async () => {
            await call(...scp(first));
            await call(...ssh(first, `${others.map((host) => `${scp(host).join(' ')} &`).join(' ')} wait`));
          },
        },
      ]),
  { name: 'tar over ssh, eight at once', run: each(names, (host) => ['sh', '-c', tar(host)]) },
  ...(findProgram('rsync') === undefined ? [] : [{ name: 'rsync, eight at once', run: each(names, rsync) }]),
].map((row) => ({ ...row, times: [] }));

for (let round = 0; round < rounds; round++) {
  for (const row of rows) {
    if (row.keeps !== true) clear();
    const began = performance.now();
    await row.run();
    row.times.push(performance.now() - began);
  }
}
const base = median(rows.find(({ name }) => name === 'fleet, eight at once').times);
console.log(`${megabytes} MB, medians of ${rounds} rounds, load ${loadavg()[0].toFixed(1)} at the end`);
for (const { name, times } of rows) {
  const ms = median(times);
  console.log(`${name.padEnd(38)}${(ms / 1000).toFixed(1).padStart(7)} s${(ms / base).toFixed(2).padStart(8)}`);
}
process.exit(0);

/** Half of it in one file, a quarter in files of a megabyte, a quarter in files of 20 kB. Bytes that nothing can compress. */
function writeSource() {
  const write = (name, bytes) => writeFileSync(join(at('source'), name), randomBytes(bytes));
  for (const name of ['large', 'middle', 'small']) mkdirSync(join(at('source'), name), { recursive: true });
  for (let index = 0; index < 1; index++) write('large/0', megabytes * 500_000);
  for (let index = 0; index < megabytes / 4; index++) write(`middle/${index}`, 1_000_000);
  for (let index = 0; index < (megabytes / 4) * 50; index++) write(`small/${index}`, 20_000);
}

function writePlaybook() {
  writeLines(folder, {
    'send.yaml': playbookOf('prepare: [{ action: send it, send: { from: source, to: source } }]'),
    'none.yaml': playbookOf("prepare: [{ action: nothing, run: 'true' }]"),
    'hosts.yaml': [
      'hosts:',
      ...Object.entries(hosts).flatMap(([name, address]) => [
        `  ${name}:`,
        `    address: ${address}`,
        `    remote-dir: ${at(`remote-${name}`)}`,
        `    params: { dir: ${at(`work-${name}`)} }`,
        `    ssh: { user: ${process.env.USER ?? 'root'}, port: ${started.port}, key: ${at('user-key')}, known-hosts: ${at('known_hosts')}, agent: false }`,
      ]),
    ],
  });
}

function playbookOf(line) {
  return [
    'playbook: send',
    'params: { dir: { type: string } }',
    "workdir: '${{ params.dir }}'",
    line,
    'launch: { run: exit 0, log: job.log }',
  ];
}

function launch(playbook, pattern) {
  return call(process.execPath, fleet, 'launch', at(`${playbook}.yaml`), '--host', pattern, '--inventory', at('hosts.yaml'));
}

function rsync(host) {
  return ['rsync', '-a', '-e', `ssh -F ${at('ssh_config')}`, `${at('source')}/`, `${host}:${at(`work-${host}`)}/source`];
}

function clear() {
  for (const name of names) {
    rmSync(at(`work-${name}`), { recursive: true, force: true });
    mkdirSync(at(`work-${name}`));
  }
}

function call(program, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs, killSignal: 'SIGKILL' });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = `${said}${chunk}`.slice(-2000)));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said}`))));
  });
}
