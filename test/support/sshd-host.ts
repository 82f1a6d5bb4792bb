import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgramRoot } from './program-root.ts';
import { installHome } from '../../src/embedded/home.ts';
import { findEmbeddedAssets } from './embedded-assets.ts';
import { endProcessesOf } from './processes.ts';
import { startSshd, type Sshd, type SshdOptions } from './sshd.ts';

export interface SshdHostOptions extends SshdOptions {
  /** Hosts of the inventory, all of them this one server, with their PRETEND_* settings. Default: `box`, with a training of five seconds. */
  hosts?: Record<string, Record<string, string>>;
  /** More hosts of the inventory, at a port where nothing listens. */
  absent?: string[];
  /** More settings of `ssh` in the inventory, over those that reach this server. */
  ssh?: Record<string, string | number | boolean>;
}

/** An OpenSSH server whose home has the pretend programs and the workspace, and an inventory that names it. */
export interface SshdHost {
  sshd: Sshd;
  home: string;
  /** What a person needs to find the inventory, and prod-50k with short halts. */
  env: { FLEET_INVENTORIES: string; FLEET_PLAYBOOKS: string };
}

interface TestEnd {
  onTestFinished(close: () => Promise<void>): void;
}

/** Ended after the test, with everything that it ran. */
export async function openSshdHost(test: TestEnd, options: SshdHostOptions = {}): Promise<SshdHost> {
  const sshd = await startSshd(options);
  test.onTestFinished(async () => {
    await sshd.stop();
  });
  // Before the server's end, which removes the folder and the user.
  test.onTestFinished(() => endProcessesOf(sshd.folder));
  await installHome(sshd.home, findEmbeddedAssets(), 'a100x2');
  const commit = execFileSync('git', ['-C', join(sshd.home, 'nsa-vibe'), 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  execFileSync('chown', ['-R', `${sshd.user}:`, sshd.home]);
  const inventory = join(sshd.folder, 'inventory.yaml');
  writeFileSync(inventory, describeInventory(sshd, commit, options));
  const playbooks = join(sshd.folder, 'playbooks');
  mkdirSync(playbooks);
  writeFileSync(join(playbooks, 'prod-50k.yaml'), readQuickPlaybook());
  return { sshd, home: sshd.home, env: { FLEET_INVENTORIES: inventory, FLEET_PLAYBOOKS: playbooks } };
}

/** Why the pretend programs cannot run for a plain user, or null: they are Node, and it may lie in a closed folder. */
export function explainUnreachableNode(): string | null {
  for (let folder = dirname(process.execPath); folder !== '/'; folder = dirname(folder)) {
    if (!isOpen(folder)) return `${process.execPath} cannot be run by plain users: ${folder} is closed to them`;
  }
  return null;
}

function isOpen(folder: string): boolean {
  accessSync(folder, constants.R_OK);
  return (Number(execFileSync('stat', ['-c', '%a', folder], { encoding: 'utf8' })) & 1) === 1;
}

/** JSON is YAML. */
function describeInventory({ address }: Sshd, commit: string, options: SshdHostOptions): string {
  const { port, user, keys, agent, hostKeys, knownHosts } = address;
  const ssh = { user, port, keys, agent, 'host-keys': hostKeys, 'known-hosts': knownHosts, ...options.ssh };
  const accelerators = { vendor: 'nvidia', model: 'A100', count: 2, memory: '80GB' };
  const hosts = options.hosts ?? { box: { PRETEND_SECONDS: '5' } };
  const entries = Object.entries(hosts).map(([name, variables]) => {
    const exports = Object.entries(variables).map(([variable, value]) => `export ${variable}=${value}`);
    const setup = ['export PATH="$HOME/bin:/usr/local/bin:/usr/bin:/bin"', ...exports];
    return [name, { address: address.host, ssh, accelerators, setup, params: { commit } }] as const;
  });
  const absent = (options.absent ?? []).map((name) => [name, { address: address.host, ssh: { ...ssh, port: 1 } }] as const);
  return JSON.stringify({ hosts: Object.fromEntries<object>([...entries, ...absent]) }, null, 2);
}

/** The shipped playbook, with seconds where it gives a trainer minutes to stop. */
export function readQuickPlaybook(): string {
  const text = readFileSync(join(findProgramRoot(), 'playbooks/prod-50k.yaml'), 'utf8');
  const quick = text.replace('grace: 5m', 'grace: 1s').replace('[TERM, 60s, KILL]', '[TERM, 2s, KILL]');
  if (quick.length >= text.length) throw new Error('playbooks/prod-50k.yaml: its halt is written in another way now');
  return quick;
}
