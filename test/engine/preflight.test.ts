import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { readIfThere, usePeople, type Person } from '../support/person.ts';
import { openSmallHost, type SmallHost } from '../support/small-run.ts';

const { person } = usePeople();

type Test = Parameters<typeof openSmallHost>[0] & Parameters<typeof person>[0];

async function setup(test: Test) {
  const who = person(test);
  const host = await openSmallHost(test, who);
  mkdirSync(host.work, { recursive: true });
  return { who, host };
}

async function decide(who: Person, args: readonly string[]) {
  const ended = await who.run([...args, '--json']);
  const document = JSON.parse(ended.stdout) as { runs?: RunDocument[]; error?: { code: string; message: string } };
  return { run: document.runs?.[0], error: document.error, code: ended.code };
}

const resultOf = (run: RunDocument | undefined, name: string) => run?.checks.find((check) => check.name === name);

function makeRepository(folder: string) {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder });
  git('init', '-q', '-b', 'main');
  writeFileSync(join(folder, 'code.py'), 'pass\n');
  git('add', 'code.py');
  git('commit', '-q', '-m', 'One');
  return git;
}

/** What an interpreter without importlib.metadata answers to pip. */
function writePython(host: SmallHost) {
  const script = `#!/bin/sh
test "$1" = -m || exit 1
echo torch==2.7.1+cu118
echo Adam_Atan2==0.0.3
`;
  writeFileSync(join(host.work, 'python'), script);
  chmodSync(join(host.work, 'python'), 0o755);
}

describe.concurrent('a check', { timeout: 60_000 }, () => {
  it('of every kind says what it found, whether it holds or not', async (test) => {
    const { who, host } = await setup(test);
    const git = makeRepository(host.work);
    git('tag', 'verified');
    writePython(host);
    writeFileSync(join(host.work, 'empty.sha'), '');
    writeFileSync(join(host.work, 'config.toml'), 'lr = 2e-4\n[train]\nsteps = 50\nmode = "fast"\n');
    const words = host.write(
      'every-kind',
      `playbook: every-kind
workdir: @work
env: { MODE: fast, DEBUG: 'true' }
validate:
  - { check: tag, git: { branch: main, tag: verified } }
  - { check: other tag, git: { tag: 'cpu-verified-\${{ today }}' } }
  - { check: dirty, git: { clean: true } }
  - { check: packages, python: { interpreter: ./python, packages: { torch: ['==2.7.1+cu118', '==2.7.1+cu121'], adam-atan2: any } } }
  - { check: other packages, python: { interpreter: ./python, packages: { torch: '>=2.8', numpy: any } } }
  - { check: no interpreter, python: { interpreter: ./nothing, packages: { torch: any } } }
  - { check: nobody, processes: { match: no-such-trainer.py } }
  - { check: somebody, processes: { match: sshd, count: '>= 1000' } }
  - { check: variables, environment: { MODE: fast, DEBUG: true, HOME: { set: true }, NOPE: { set: false } } }
  - { check: other variables, environment: { MODE: { one-of: [slow] }, HOME: { set: false } } }
  - { check: toml, config: { file: config.toml, expect: { lr: 0.0002, train.steps: { within: '10..100' }, train.mode: { matches: ^fa } } } }
  - { check: other toml, config: { file: config.toml, expect: { train.steps: { one-of: [1, 2] } } } }
  - { check: new file, files: { glob: empty.sha, age: <= 1h, sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 } }
  - { check: old file, files: { glob: empty.sha, age: '>= 1h' } }
  - { check: other sum, files: { glob: config.toml, sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 } }
`,
    );
    const { run, code } = await decide(who, ['validate', ...words]);
    expect(code).toBe(3);
    const told = Object.fromEntries(
      (run?.checks ?? [])
        .filter(({ phase }) => phase === 'validate')
        .map(({ name, result, observed }) => [name, [result, observed]]),
    );
    expect(told).toMatchObject({
      tag: ['pass', expect.stringContaining('tags verified')],
      'other tag': ['fail', expect.stringContaining('tags verified')],
      dirty: ['fail', expect.stringContaining('?? config.toml')],
      packages: ['pass', 'torch 2.7.1+cu118, adam-atan2 0.0.3'],
      'other packages': ['fail', 'torch 2.7.1+cu118, numpy is not installed'],
      'no interpreter': ['error', expect.stringContaining('exit 127')],
      nobody: ['pass', '0'],
      somebody: ['fail', expect.any(String)],
      variables: ['pass', 'all as expected'],
      'other variables': ['fail', 'MODE = "fast", HOME is set'],
      toml: ['pass', 'all as expected'],
      'other toml': ['fail', 'train.steps = 50'],
      'new file': ['pass', '1 files'],
      'old file': ['fail', expect.stringContaining('empty.sha was written')],
      'other sum': ['fail', expect.stringContaining('config.toml has the SHA-256')],
    });
  });

  it('that needs an accelerator is skipped on a host without any, and the others are looked at', async (test) => {
    const { who, host } = await setup(test);
    const words = host.write(
      'cpu',
      `playbook: cpu
workdir: @work
validate:
  - { check: free, accelerators: free }
  - { check: conversion, run: exit 1, requires: { accelerators: { count: 1 } } }
  - { check: data, run: 'true', requires: { disk: { free: 1kB } } }
  - { check: too large, run: 'true', requires: { disk: { free: 5PB } } }
`,
    );
    const { run } = await decide(who, ['validate', ...words]);
    expect((await who.run(['validate', ...words])).stdout).toMatch(/^NO-GO: 1 of \d+ did not pass, 3 skipped$/m);
    expect(resultOf(run, 'free')).toMatchObject({
      result: 'skip',
      message: expect.stringContaining('this host has no accelerators') as string,
    });
    expect(resultOf(run, 'conversion')?.result).toBe('skip');
    expect(resultOf(run, 'data')?.result).toBe('pass');
    expect(resultOf(run, 'too large')).toMatchObject({ result: 'fail', expected: expect.stringContaining('5 PB') as string });
  });

  it('is tried as often as its author says, and says which try passed', async (test) => {
    const { who, host } = await setup(test);
    const words = host.write(
      'tries',
      `playbook: tries
workdir: @work
validate:
  - { check: third time, run: 'echo x >>tries; test $(wc -l <tries) -ge 3', retry: { times: 3 } }
  - { check: never, run: 'echo x >>never; false', retry: { times: 2 }, hint: give it up }
  - { check: long, run: 'echo x >>long; test $(wc -l <long) -ge 2', expected-time: 10s, retry: { times: 2, delay: 100ms } }
`,
    );
    const { run } = await decide(who, ['validate', ...words]);
    expect(resultOf(run, 'third time')).toMatchObject({ result: 'pass', observed: 'exit 0 (try 3 of 3)' });
    expect(resultOf(run, 'never')).toMatchObject({ result: 'fail', observed: 'exit 1 (try 2 of 2)', message: 'give it up' });
    expect(resultOf(run, 'long')?.result).toBe('skip');
    const waived = await decide(who, ['validate', ...words, '--waive', 'never=it is known to']);
    expect(resultOf(waived.run, 'long')).toMatchObject({ result: 'pass', observed: 'exit 0 (try 2 of 2)' });
  });

  it('that takes long begins when all that is quick has passed, beside its neighbours where it may', async (test) => {
    const { who, host } = await setup(test);
    // Each waits for the other: one after the other, neither would end.
    const meet = (mine: string, other: string) => `touch ${mine}; until test -e ${other}; do sleep 0.1; done`;
    const words = host.write(
      'meeting',
      `playbook: meeting
workdir: @work
params: { answer: { type: string, default: 'no' } }
validate:
  - { check: one, run: '${meet('a', 'b')}', expected-time: 20s, parallel: true }
  - { check: two, run: '${meet('b', 'a')}', expected-time: 20s, parallel: true }
  - { check: quick, run: 'test \${{ params.answer }} = yes' }
`,
    );
    const refused = await decide(who, ['validate', ...words]);
    expect(refused.run?.verdict).toBe('NO-GO');
    expect(resultOf(refused.run, 'one')).toMatchObject({ result: 'skip', message: 'not begun: "quick" failed' });
    expect(existsSync(join(host.work, 'a'))).toBe(false);
    const passed = await decide(who, ['validate', ...words, '--set', 'answer=yes']);
    expect(passed.run?.checks.filter(({ phase }) => phase === 'validate').map(({ result }) => result)).toEqual([
      'pass',
      'pass',
      'pass',
    ]);
  });

  it('after one that failed is not looked at in a strict order', async (test) => {
    const { who, host } = await setup(test);
    const words = host.write(
      'strict',
      `playbook: strict
workdir: @work
order: strict
validate:
  - { check: first, run: touch first }
  - { check: second, run: 'test -e first && false', hint: fix the driver first }
  - { check: third, run: touch third }
`,
    );
    const { run } = await decide(who, ['validate', ...words]);
    expect(run?.checks.filter(({ phase }) => phase === 'validate').map(({ result }) => result)).toEqual(['pass', 'fail', 'skip']);
    expect(resultOf(run, 'second')?.message).toBe('fix the driver first');
    expect(existsSync(join(host.work, 'third'))).toBe(false);
  });

  it('that is remembered is not looked at again for the same clean commit, and is for another', async (test) => {
    const { who, host } = await setup(test);
    const git = makeRepository(host.work);
    const count = join(who.folder, 'count');
    const words = host.write(
      'remembering',
      `playbook: remembering
workdir: @work
validate:
  - { check: causality, run: 'echo x >>${count}; echo 3/3', expected-time: 10s, remember: { per: [host, source.commit] } }
`,
    );
    const looks = () => readIfThere(count).split('\n').filter(Boolean).length;
    const first = await decide(who, ['validate', ...words]);
    const second = await decide(who, ['validate', ...words]);
    expect(looks()).toBe(1);
    expect(resultOf(second.run, 'causality')).toMatchObject({
      result: 'pass',
      observed: resultOf(first.run, 'causality')?.observed,
    });
    expect(resultOf(second.run, 'causality')?.message).toContain(`remembered: run ${first.run?.id ?? ''} saw it pass`);
    writeFileSync(join(host.work, 'code.py'), 'changed\n');
    await decide(who, ['validate', ...words]);
    expect(looks()).toBe(2);
    git('commit', '-q', '-a', '-m', 'Two');
    await decide(who, ['validate', ...words]);
    await decide(who, ['validate', ...words]);
    expect(looks()).toBe(3);
  });
});

describe.concurrent('a preflight', { timeout: 60_000 }, () => {
  it('shows what it does not look at, since that would have to be changed first', async (test) => {
    const { who, host } = await setup(test);
    const words = host.write(
      'changing',
      `playbook: changing
workdir: @work
prepare:
  - { check: before, run: touch before }
  - { action: install, run: touch installed }
  - { check: after, run: test -e installed }
`,
    );
    const { run, code } = await decide(who, ['validate', ...words]);
    expect(code).toBe(0);
    expect(run?.checks.filter(({ phase }) => phase === 'prepare')).toMatchObject([
      { name: 'before', result: 'pass' },
      { name: 'after', result: 'skip', message: 'not looked at: "install" would change the host first' },
    ]);
    expect(['before', 'installed'].map((name) => existsSync(join(host.work, name)))).toEqual([true, false]);
  });
});

describe.concurrent('a person', { timeout: 60_000 }, () => {
  it('waives one failure for a reason, and the launch says so for ever; what cannot be waived is refused', async (test) => {
    const { who, host } = await setup(test);
    const words = host.write(
      'waiving',
      `playbook: waiving
workdir: @work
prepare: [{ action: lay out, run: 'true' }]
validate:
  - { check: causality = 3/3, run: 'false' }
  - { check: a variable, environment: { NO_SUCH_VARIABLE: { set: true } } }
  - { check: other, run: 'true' }
launch: { run: echo done, log: job.log }
`,
    );
    expect(await decide(who, ['launch', ...words])).toMatchObject({ code: 3, run: { verdict: 'NO-GO' } });
    const waivers = ['--waive', 'causality = 3/3=known since ticket 12', '--waive', 'a variable=the job sets it'];
    const { run, code } = await decide(who, ['launch', ...words, ...waivers]);
    expect(code).toBe(0);
    expect(run).toMatchObject({ verdict: 'GO-WITH-WAIVER', outcome: { result: 'succeeded' } });
    expect(resultOf(run, 'causality = 3/3')).toMatchObject({ result: 'fail', waiver: { reason: 'known since ticket 12' } });
    expect(resultOf(run, 'other')?.waiver).toBe(null);
    const lookedAgain = resultOf(run, 'a variable, right before the start');
    expect(lookedAgain).toMatchObject({ result: 'fail', waiver: { reason: 'the job sets it' } });
    const shown = await who.run(['status', run?.id ?? '']);
    expect(shown.stdout).toMatch(/waived by \S+@\S+ at .*: known since ticket 12/);
    const report = await who.run(['report', run?.id ?? '']);
    expect(report.stdout).toMatch(/## Waivers\n[^#]*\| causality = 3\/3 \| known since ticket 12 \|/);
    for (const [waiver, message] of [
      ['causalty = 3/3=typo', /no check that can be waived is called/],
      ['lay out=never mind', /changes the host/],
      ['no other run has the machine=mine', /no check that can be waived/],
      ['other=', /needs a reason/],
    ] as const) {
      const refused = await decide(who, ['launch', ...words, '--waive', waiver]);
      expect(refused).toMatchObject({ code: 2, error: { message: expect.stringMatching(message) as string } });
    }
  });

  it('tells no secret of the playbook in a reason or an answer', async (test) => {
    const { who, host } = await setup(test);
    const secret = 'verysecretvalue';
    const words = host.write(
      'telling',
      `playbook: telling
workdir: @work
env: { TOKEN: { secret: { file: ${who.writeFile('token', secret)} } } }
validate:
  - { check: who, question: { ask: Who monitors? } }
  - { check: broken, run: 'false' }
`,
    );
    const given = ['--answer', `who=${secret} Ada`, '--waive', `broken=it has ${secret} in it`];
    const { stdout, stderr, code } = await who.run(['validate', ...words, ...given]);
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(secret);
    expect(readFileSync(join(who.stateDir, 'fleet.db')).includes(secret)).toBe(false);
    expect(JSON.stringify(await who.ask(['status', '--all']))).not.toContain(secret);
  });

  it('is asked before anything is begun, and what was said stays with the run', async (test) => {
    const { who, host } = await setup(test);
    const words = host.write(
      'asking',
      `playbook: asking
workdir: @work
validate:
  - { check: samples, question: { ask: How many?, answer: number, accept: { within: '>= 100' } } }
  - { check: reviewed, confirm: Is it reviewed? }
launch: { run: echo done, log: job.log }
`,
    );
    const missing = await decide(who, ['launch', ...words, '--yes']);
    expect(missing).toMatchObject({ code: 2, error: { code: 'answers-missing' } });
    expect(JSON.parse((await who.run(['status', '--all', '--json'])).stdout)).toEqual(expect.objectContaining({ runs: [] }));
    const few = await decide(who, ['launch', ...words, '--yes', '--answer', 'samples=99']);
    expect(few).toMatchObject({ code: 3, run: { verdict: 'NO-GO' } });
    const { run, code } = await decide(who, ['launch', ...words, '--yes', '--answer', 'samples=1000']);
    expect(code).toBe(0);
    expect(resultOf(run, 'samples')?.observed).toMatch(/^1000, by \S+@\S+ at \d{4}-.*\(--answer\)$/);
    expect(resultOf(run, 'reviewed')?.observed).toMatch(/^yes, by .*\(--yes\)$/);
  });

  it('takes a host out of use, and nothing is launched there until it is lifted', async (test) => {
    const { who, host } = await setup(test);
    const words = host.write(
      'quarantined',
      `playbook: quarantined
workdir: @work
params: { fault: { type: boolean, default: false } }
validate:
  - { check: the GPU works, run: 'test \${{ params.fault }} = false', quarantine: the GPU faults }
launch: { run: touch started, log: job.log }
`,
    );
    const inventory = words.slice(words.indexOf('--inventory'));
    const bySomebody = await who.run(['quarantine', 'small', '--reason', 'ECC errors', ...inventory]);
    expect(bySomebody).toMatchObject({ code: 0, stdout: expect.stringContaining('ECC errors') as string });
    const hosts = JSON.parse((await who.run(['hosts', ...inventory, '--json'])).stdout) as { hosts: object[] };
    expect(hosts.hosts).toMatchObject([{ name: 'small', quarantine: { reason: 'ECC errors' } }]);
    const refused = await decide(who, ['launch', ...words]);
    expect(refused).toMatchObject({ code: 3, run: { verdict: 'NO-GO', outcome: { reason: 'quarantined' } } });
    expect(resultOf(refused.run, 'the host is not in quarantine')?.observed).toMatch(/^ECC errors, by \S+@\S+ at /);
    expect(existsSync(join(who.folder, 'remote'))).toBe(false);
    expect((await who.run(['quarantine', 'small', '--reason', 'again', ...inventory])).code).toBe(2);

    expect(await who.run(['quarantine', 'small', '--lift', ...inventory])).toMatchObject({ code: 0 });
    expect(await decide(who, ['launch', ...words, '--set', 'fault=true'])).toMatchObject({ code: 3, run: { verdict: 'NO-GO' } });
    const byRule = JSON.parse((await who.run(['quarantine', '--json'])).stdout) as { quarantines: { reason: string }[] };
    expect(byRule.quarantines).toMatchObject([{ host: 'small', reason: 'the GPU faults ("the GPU works" failed)' }]);
    expect(await decide(who, ['launch', ...words])).toMatchObject({ code: 3, run: { outcome: { reason: 'quarantined' } } });
    await who.run(['quarantine', 'small', '--lift', ...inventory]);
    expect(await decide(who, ['launch', ...words])).toMatchObject({ code: 0, run: { verdict: 'GO' } });
    expect(existsSync(join(host.work, 'started'))).toBe(true);
  });
});
