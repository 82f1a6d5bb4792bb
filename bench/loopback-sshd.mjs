// One sshd (or several: one listens on 16 addresses at most) on loopback addresses that stands for as many hosts, for the time of a benchmark.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';

const mostAddresses = 16;

/** In `folder` lie afterwards `user-key`, `host-key` and `home`, the home folder of every host. To be ended by whoever started it. */
export async function startSshd({ folder, addresses }) {
  const at = (name) => join(folder, name);
  chmodSync(folder, 0o755);
  mkdirSync(at('home'));
  for (const name of ['host-key', 'user-key']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  const port = await findFreePort(addresses[0]);
  const config = [
    `Port ${port}`,
    `HostKey ${at('host-key')}`,
    'PidFile none',
    `AuthorizedKeysFile ${at('user-key.pub')}`,
    'Subsystem sftp internal-sftp',
    'UsePAM no',
    'StrictModes no',
    'UseDNS no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'MaxStartups 200',
    `SetEnv HOME=${at('home')}`,
  ];
  if (process.getuid() === 0) mkdirSync('/run/sshd', { recursive: true });
  const servers = [];
  for (let from = 0; from < addresses.length; from += mostAddresses) {
    const some = addresses.slice(from, from + mostAddresses);
    const [file, logFile] = [at(`sshd_config-${from}`), at(`sshd-${from}.log`)];
    writeFileSync(file, `${[...some.map((address) => `ListenAddress ${address}`), ...config].join('\n')}\n`);
    const log = openSync(logFile, 'w');
    const server = spawn(findProgram('sshd'), ['-D', '-e', '-f', file], { stdio: ['ignore', log, log] });
    // Our end is its end, not the other way round.
    server.unref();
    servers.push(server);
    await waitForBanner({ address: some.at(-1), port, server, log: logFile });
  }
  const server = { kill: (signal) => servers.every((one) => one.kill(signal)) };
  const hostKey = readFileSync(at('host-key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  return { server, port, hostKey };
}

export function findProgram(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((path) => join(path, program)).find((file) => existsSync(file));
}

export function median(numbers) {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)];
}

function findFreePort(address) {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, address, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function waitForBanner({ address, port, server, log }) {
  const until = performance.now() + 15_000;
  while (performance.now() < until && server.exitCode === null) {
    if (await answers(address, port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`sshd did not start: ${readFileSync(log, 'utf8')}`);
}

function answers(address, port) {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('data', () => resolve(true)).once('data', () => socket.destroy());
    socket.once('error', () => resolve(false));
  });
}
