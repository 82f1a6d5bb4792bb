import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { spawnForeign } from '../support/foreign-process.ts';
import { isAlive, waitFor } from '../support/local-host.ts';
import { readIfThere, usePeople, type Person } from '../support/person.ts';
import { countTrainers } from '../support/pretend-training.ts';

const { person } = usePeople();
const onDemo = ['--host', 'demo-a100x2'];

async function decide(who: Person, args: readonly string[]) {
  const ended = await who.run([...args, '--json']);
  const [run] = (JSON.parse(ended.stdout) as { runs: RunDocument[] }).runs;
  if (run === undefined) throw new Error(`no run: ${ended.stderr}`);
  return { run, code: ended.code, stderr: ended.stderr };
}

const checkOf = (run: RunDocument, name: string) => run.checks.find((check) => check.name === name);

/** What a run may leave on a host that it did not use. */
function expectNothingLeft(who: Person, run: RunDocument) {
  const folder = join(who.hostHome(), '.local/state/fleet');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  expect(files.filter((file) => file.includes(run.id) && /\/(job|env[^/]*)$/.test(file))).toEqual([]);
  expect(files.filter((file) => file.endsWith('.beat'))).toEqual([]);
}

/** A trainer that nobody but the test has to do with: its folder is not the playbook's. */
async function occupyCards(test: Parameters<typeof spawnForeign>[0], who: Person) {
  const cwd = join(who.folder, 'elsewhere');
  mkdirSync(cwd);
  const trainer = spawnForeign(
    test,
    join(who.hostHome(), 'bin/python3'),
    [join(who.hostHome(), 'nsa-vibe/scripts/train_showcase.py')],
    {
      cwd,
      env: { PATH: `${join(who.hostHome(), 'bin')}:${process.env['PATH'] ?? ''}`, OUT_DIR: 'out', PRETEND_SECONDS: '60' },
    },
  );
  await waitFor('it trains', () => readIfThere(join(cwd, 'out/training.csv')) !== '');
  return trainer;
}

/** Every file below a folder but fleet's own, with all that a change of it would change. */
function listState(root: string): Record<string, string> {
  const state: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(root, path);
    if (name.startsWith('.local/state/fleet')) continue;
    const { mode, mtimeMs, ino, size } = lstatSync(path);
    // Checkpoints are half a gigabyte each; a time of change says enough of them.
    const content = entry.isFile() && size < 1e6 ? createHash('sha256').update(readFileSync(path)).digest('hex') : size;
    state[name] = entry.isDirectory() ? `${mode}` : `${mode} ${mtimeMs} ${ino} ${content}`;
  }
  return state;
}

describe.concurrent('a launch that is not to be', { timeout: 120_000 }, () => {
  it('is NO-GO while somebody else has the accelerators, whom it leaves alone', async (test) => {
    const who = person(test);
    await who.run(['validate', 'prod-50k', ...onDemo]);
    const stranger = await occupyCards(test, who);
    const { run, code } = await decide(who, ['launch', 'prod-50k', ...onDemo]);
    expect(code).toBe(3);
    expect(run).toMatchObject({ verdict: 'NO-GO', outcome: { result: 'failed', reason: 'no-go' }, startedAt: null });
    expect(checkOf(run, 'the accelerators are free')).toMatchObject({ result: 'fail' });
    expect(checkOf(run, 'the accelerators are free')?.observed).toContain(String(stranger.pid));
    expect(checkOf(run, 'GPU causality')?.result).toBe('skip');
    expect(isAlive(stranger.pid)).toBe(true);
    expectNothingLeft(who, run);
    expect(countTrainers(who.hostHome())).toBe(0);
  });

  it('is NO-GO on another commit, begins nothing costly, and tells what prepare has changed', async (test) => {
    const who = person(test);
    const first = await decide(who, ['launch', 'prod-50k', ...onDemo]);
    const { run, code } = await decide(who, ['launch', 'prod-50k', ...onDemo, '--set', 'commit=0123456789']);
    expect(first.code).toBe(0);
    expect(code).toBe(3);
    expect(run).toMatchObject({ verdict: 'NO-GO', outcome: { result: 'failed', reason: 'no-go' }, startedAt: null });
    expect(checkOf(run, 'the source is what we mean')).toMatchObject({ result: 'fail' });
    expect(checkOf(run, 'GPU causality')?.result).toBe('skip');
    expect(checkOf(run, 'the accelerators are free')?.result).toBe('pass');
    expect(run.message).toMatch(/prepare has changed: .*training\.csv/);
    expectNothingLeft(who, run);
  });

  it('is NO-GO on a failed check of the author, and goes no further than prepare when prepare failed', async (test) => {
    const who = person(test);
    const playbook = who.writeFile(
      'refusing.yaml',
      `playbook: refusing
workdir: '.'
prepare: [{ action: mark, run: touch marked }]
validate:
  - { check: the answer is 42, run: echo 41, expect: { stdout: { equals: '42' } } }
  - { check: long, run: touch costly, expected-time: 1m }
launch: { run: touch started, log: job.log }
`,
    );
    const { run, code } = await decide(who, ['launch', playbook, ...onDemo]);
    expect(code).toBe(3);
    expect(checkOf(run, 'the answer is 42')).toMatchObject({ result: 'fail', expected: 'exit 0, stdout "42"', observed: '41' });
    expect(run.message).toContain('prepare has changed: mark');
    expect(['marked', 'costly', 'started'].map((name) => existsSync(join(who.hostHome(), name)))).toEqual([true, false, false]);
    expectNothingLeft(who, run);

    const failing = who.writeFile(
      'failing.yaml',
      `playbook: failing
workdir: '.'
prepare:
  - { action: fail, run: exit 7 }
  - { action: later, run: touch later }
validate: [{ check: quick, run: touch looked }]
launch: { run: touch started, log: job.log }
`,
    );
    const second = await decide(who, ['launch', failing, ...onDemo]);
    expect(second.code).toBe(3);
    expect(second.run).toMatchObject({ verdict: 'NO-GO', outcome: { reason: 'prepare-failed' } });
    expect(checkOf(second.run, 'later')?.result).toBe('skip');
    expect(['later', 'looked', 'started'].map((name) => existsSync(join(who.hostHome(), name)))).toEqual([false, false, false]);
    expectNothingLeft(who, second.run);
  });
});

describe.concurrent('fleet validate', { timeout: 120_000 }, () => {
  it('changes nothing on the host, be it GO or NO-GO', async (test) => {
    const who = person(test);
    expect(await decide(who, ['launch', 'prod-50k', ...onDemo])).toMatchObject({ code: 0, stderr: '' });
    const before = listState(who.hostHome());
    expect(Object.keys(before).length).toBeGreaterThan(20);

    const go = await decide(who, ['validate', 'prod-50k', ...onDemo]);
    expect(go).toMatchObject({ code: 0, run: { kind: 'validate', verdict: 'GO', outcome: { result: 'succeeded' } } });
    expect(go.run.checks.map(({ phase }) => phase)).not.toContain('prepare');
    expectNothingLeft(who, go.run);
    expect(listState(who.hostHome())).toEqual(before);

    const noGo = await decide(who, ['validate', 'prod-50k', ...onDemo, '--set', 'commit=0123456789']);
    expect(noGo).toMatchObject({ code: 3, run: { verdict: 'NO-GO', outcome: { result: 'failed', reason: 'no-go' } } });
    expectNothingLeft(who, noGo.run);
    expect(listState(who.hostHome())).toEqual(before);
  });
});
