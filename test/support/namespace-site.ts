import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installHome } from '../../src/embedded/home.ts';
import { findEmbeddedAssets } from './embedded-assets.ts';
import { isAlive } from './local-host.ts';
import { startNamespaceHost, type NamespaceHost, type NamespaceHostOptions } from './namespace-host.ts';
import { openLan, type Lan } from './namespace-lan.ts';
import { giveTo } from './namespace-machine.ts';
import { makeKey, readPublicKey } from './sshd.ts';
import { readQuickPlaybook } from './sshd-host.ts';

/** Machines on one network, all made from one image: they show the same host key, and let the same person in. */
export interface Site {
  readonly folder: string;
  readonly lan: Lan;
  /** What a person needs to find the inventory and the playbooks, prod-50k with short halts among them. */
  readonly env: { FLEET_INVENTORIES: string; FLEET_PLAYBOOKS: string };
  /** Ended after the test, with everything that runs on it. The inventory has it under its name. */
  addHost(name: string, options?: NamespaceHostOptions & Listing): Promise<NamespaceHost>;
  /** One more name in the inventory for a host that is there. */
  list(name: string, host: NamespaceHost, listing?: Listing): void;
  addPlaybook(name: string, text: string): void;
}

interface Listing {
  /** PRETEND_* variables of a machine with two A100, whose home has the pretend programs and the workspace. */
  pretend?: Record<string, string>;
  params?: Record<string, string>;
  /** Settings of `ssh` over those of the site, which notice a lost host within seconds. */
  ssh?: Record<string, string>;
}

interface TestEnd {
  onTestFinished(close: () => Promise<void>): void;
}

export async function openSite(test: TestEnd): Promise<Site> {
  removeStale();
  const folder = mkdtempSync(join(tmpdir(), `fleet-site-${process.pid}-`));
  // Everybody who logs in must get through to their home.
  chmodSync(folder, 0o755);
  test.onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const lan = await openLan(test);
  const hostKey = makeKey(folder, 'host-key', 'ed25519');
  const userKey = makeKey(folder, 'user-key', 'ed25519');
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(knownHosts, `${lan.pattern} ${readPublicKey(hostKey)}\n`);
  const env = { FLEET_INVENTORIES: join(folder, 'inventory.yaml'), FLEET_PLAYBOOKS: join(folder, 'playbooks') };
  mkdirSync(env.FLEET_PLAYBOOKS);
  const addPlaybook = (name: string, text: string) => writeFileSync(join(env.FLEET_PLAYBOOKS, `${name}.yaml`), text);
  addPlaybook('prod-50k', readQuickPlaybook());

  const hosts: Record<string, object> = {};
  const list: Site['list'] = (name, { address, user }, { pretend, params = {}, ssh = {} } = {}) => {
    const reach = { user, key: userKey, agent: false, 'known-hosts': knownHosts, keepalive: '1s', 'connect-timeout': '3s' };
    hosts[name] = {
      address,
      ssh: { ...reach, ...ssh },
      params,
      ...(pretend === undefined ? {} : { accelerators, setup: setUp(pretend) }),
    };
    // JSON is YAML.
    writeFileSync(env.FLEET_INVENTORIES, JSON.stringify({ hosts }, null, 2));
  };

  return {
    folder,
    lan,
    env,
    list,
    addPlaybook,
    addHost: async (name, options = {}) => {
      const own = join(folder, name);
      mkdirSync(own);
      const at = { folder: own, place: lan.reserve(), hostKey, mayEnter: `${userKey}.pub` };
      const host = await startNamespaceHost(name, at, options);
      test.onTestFinished(() => host.end());
      const commit = options.pretend === undefined ? {} : { commit: await installWorkspace(host) };
      list(name, host, { ...options, params: { ...commit, ...options.params } });
      return host;
    },
  };
}

/** Folders of tests that were killed; the kernel has taken the rest away. */
function removeStale(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^fleet-site-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

const accelerators = { vendor: 'nvidia', model: 'A100', count: 2, memory: '80GB' };

function setUp(variables: Record<string, string>): string[] {
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  return ['export PATH="$HOME/bin:/usr/local/bin:/usr/bin:/bin"', ...exports];
}

/** Returns the commit that the workspace is at. */
async function installWorkspace({ home, user }: NamespaceHost): Promise<string> {
  await installHome(home, findEmbeddedAssets(), 'a100x2');
  const commit = execFileSync('git', ['-C', join(home, 'nsa-vibe'), 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  giveTo(user, home);
  return commit;
}
