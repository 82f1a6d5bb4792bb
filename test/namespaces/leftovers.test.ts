import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, it, type TestContext } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { listPidSpaces } from '../support/namespace-host.ts';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { makeKey } from '../support/sshd.ts';

const listLinks = () => execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' });
const listMounts = () => execFileSync('cat', ['/proc/mounts'], { encoding: 'utf8' });

/** A process of its own with a network and a machine. */
async function startTester(test: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-tester-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'home'));
  const outfile = join(folder, 'hold-machine.mjs');
  const entry = join(import.meta.dirname, 'children/hold-machine.ts');
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm' });
  const tester = spawn(process.execPath, [outfile, folder, makeKey(folder, 'key', 'ed25519')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  test.onTestFinished(() => void tester.kill('SIGKILL'));
  const told = await new Promise<string>((resolve, reject) => {
    tester.stdout.setEncoding('utf8').once('data', resolve);
    tester.once('exit', () => reject(new Error('it ended early')));
  });
  return { tester, folder, ...(JSON.parse(told) as { pattern: string; pidSpace: string }) };
}

describe.skipIf(explainMissingNamespaces() !== null)('hosts in namespaces: tests that are killed', () => {
  it('leave no process, network or mount of theirs behind', async (test) => {
    const { tester, folder, pattern, pidSpace } = await startTester(test);
    const link = `fleet-lan${pattern.split('.')[2]}@`;
    expect(listPidSpaces()).toContain(pidSpace);
    expect(listLinks()).toContain(link);
    tester.kill('SIGKILL');
    await waitFor('its processes are gone', () => !listPidSpaces().includes(pidSpace));
    await waitFor('its network is gone', () => !listLinks().includes(link));
    expect(listMounts()).not.toContain(folder);
    expect(readdirSync(join(folder, 'etc'))).toEqual([]);
  });
});
