import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startFarServer } from './far-server.ts';
import { findProcessesOf, waitFor } from './local-host.ts';
import { readIfThere, type Person } from './person.ts';
import type { TcpProxy } from './tcp-proxy.ts';

interface TestEnd {
  onTestFinished(close: () => Promise<void>): void;
}

/** Several hosts that stand in the test, each with a home and a line of its own. */
export interface SmallGang {
  names: string[];
  lines: TcpProxy[];
  /** To type after `launch`, for a playbook of one's own: on all hosts. */
  write(name: string, text: string): string[];
  /** A file below the home of a host; empty when it is not there. */
  read(host: number, path: string): string;
  /** Forgets every run: on the hosts, and of this person. */
  clear(who: Person): void;
  /** Whatever of a run is still there and should not be: processes, environments, claims. */
  remains(run: string): string[];
  /** Wrappers and guards leave soon after their jobs. */
  waitUntilLeft(run: string): Promise<unknown>;
}

const leaveWithinMs = 5_000;

/** `gang0`, `gang1` and so on. With a keepalive of a second: a line that is stalled is noticed soon. */
export async function openSmallGang(test: TestEnd, who: Person, count: number): Promise<SmallGang> {
  const names = Array.from({ length: count }, (_, index) => `gang${index}`);
  const homes = names.map((name) => join(who.folder, name));
  const remotes = names.map((name) => join(who.folder, `${name}-fleet`));
  const servers = await Promise.all(homes.map((HOME) => startFarServer(test, { env: { HOME } })));
  const hosts = servers.map(({ address: { host, port, user, keys, knownHosts } }, index) => ({
    address: host,
    ssh: { user, port, keys, agent: false, 'known-hosts': knownHosts, keepalive: '1s' },
    'remote-dir': remotes[index],
  }));
  const inventory = who.writeFile(
    'gang.yaml',
    JSON.stringify({ hosts: Object.fromEntries(names.map((name, index) => [name, hosts[index]])) }),
  );
  const makeHomes = () => {
    for (const home of homes) mkdirSync(join(home, 'work/out'), { recursive: true });
  };
  makeHomes();
  const remains = (run: string) => [
    ...findProcessesOf(run).map((pid) => `process ${pid}`),
    ...remotes.flatMap((remote) => [...findEnvironments(join(remote, 'runs', run)), ...findClaims(join(remote, 'claims'))]),
  ];
  return {
    names,
    lines: servers.map(({ line }) => line),
    write: (name, text) => [who.writeFile(`${name}.yaml`, text), '--host', 'gang*', '--inventory', inventory],
    read: (host, path) => readIfThere(join(homes[host] ?? '', path)),
    clear: (person) => {
      for (const folder of [person.stateDir, ...homes, ...remotes]) rmSync(folder, { recursive: true, force: true });
      makeHomes();
    },
    remains,
    waitUntilLeft: (run) => waitFor('nothing of it is left', () => remains(run).length === 0, leaveWithinMs),
  };
}

function listFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)) : [];
}

function findEnvironments(folder: string): string[] {
  return listFiles(folder).filter((file) => /\/a\d+\/w\d+\/env/.test(file));
}

function findClaims(folder: string): string[] {
  return listFiles(folder).filter((file) => file.endsWith('.beat'));
}
