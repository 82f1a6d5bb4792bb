import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBuiltFleet, type BuiltFleet } from '../support/built-fleet.ts';
import { usePeople, type Person } from '../support/person.ts';

const { person } = usePeople();
let fleet: BuiltFleet;
beforeAll(async () => {
  fleet = await openBuiltFleet();
});
afterAll(() => fleet.remove());
const onDemo = ['--host', 'demo-a100x2'];

/** What a person sees where stdout and stderr are one place. */
async function readScreen(
  who: Person,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; lines: string[] }> {
  const file = join(who.folder, 'screen');
  const screen = openSync(file, 'w');
  const child = spawn(process.execPath, [fleet.bin, ...args], {
    cwd: fleet.root,
    env: { PATH: process.env['PATH'], HOME: who.home, PRETEND_SECONDS: '2', PRETEND_MAX_SECONDS: '60', ...env },
    stdio: ['ignore', screen, screen],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  closeSync(screen);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? -1));
  });
  return { code, lines: readFileSync(file, 'utf8').split('\n') };
}

const withoutTime = (line: string) => line.replace(/^\d{4}-\S+Z /, '');
const positionOf = (lines: string[], pattern: RegExp) => {
  const found = lines.findIndex((line) => pattern.test(line));
  expect(found, `${pattern.source} in\n${lines.join('\n')}`).toBeGreaterThanOrEqual(0);
  return found;
};

describe.concurrent('a launch', () => {
  it('reads well where answers and progress are one: warning, table, verdict, news, criteria, outcome, each once', async (test) => {
    const { code, lines } = await readScreen(person(test), ['launch', 'prod-50k', ...onDemo]);
    expect(code).toBe(0);
    const order = [
      /^playbooks\/prod-50k\.yaml:\d+:\d+: warning: work\.duration: .* 43 to 53 days.*15h\.\.20h /,
      / queued: launch prod-50k on demo-a100x2$/,
      / validating on demo-a100x2$/,
      /^RESULT +PHASE +NAME/,
      /^GO: all \d+ passed$/,
      / running on demo-a100x2, pid \d+$/,
      /^VERDICT +CRITERION/,
      /^prod-50k on demo-a100x2 \(\w+\): succeeded, exit status 0, after \d+s$/,
    ];
    const positions = order.map((pattern) => positionOf(lines, pattern));
    expect(positions).toEqual(positions.toSorted((one, other) => one - other));
    const told = lines.filter((line) => line !== '').map(withoutTime);
    expect(told.filter((line, index) => told.indexOf(line) !== index)).toEqual([]);
    expect(told.filter((line) => line === 'health green')).toHaveLength(1);
    expect(told.filter((line) => /accelerator vendor/.test(line))).toHaveLength(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(230);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('keeps the answer on stdout and the news on stderr, each whole', async (test) => {
    const { code, stdout, stderr } = await person(test, { PRETEND_SECONDS: '2' }).run(['launch', 'prod-50k', ...onDemo]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^RESULT [^]*\nGO: all \d+ passed\n\nVERDICT [^]*\nprod-50k on demo-a100x2 .*succeeded.*\n$/);
    expect(stderr).toMatch(/ pass accelerator vendor\n[^]* GO: launching on demo-a100x2\n[^]*\[=+>? *\] \d+%[^]* succeeded\n$/);
  });

  it('that is NO-GO begins its table with what failed and in full, says it once, and ends with exit code 3', async (test) => {
    const { code, lines } = await readScreen(person(test), [
      'launch',
      'prod-50k',
      ...onDemo,
      '--set',
      `commit=${'0123456789'.repeat(4)}`,
    ]);
    expect(code).toBe(3);
    const title = positionOf(lines, /^RESULT /);
    expect(lines[title + 1]).toMatch(/^fail +validate +the source is what we mean/);
    expect(lines[title + 2]).toMatch(/^ {4}expected: branch .*commit 0123456789/);
    expect(lines.filter((line) => line.includes('0123456789'))).toHaveLength(1);
    expect(positionOf(lines, /^NO-GO: 1 of \d+ did not pass, 1 skipped$/)).toBeGreaterThan(title);
    const outcome = positionOf(lines, /^prod-50k on demo-a100x2 \(\w+\): failed \(no-go\)$/);
    expect(lines.slice(outcome + 1).filter((line) => line !== '')).toEqual([
      expect.stringMatching(/^ {2}prepare has changed: stop earlier trainers of ours: /),
      expect.stringMatching(/^ {2}prepare has changed: put away what the last run left: /),
    ]);
  });

  it('shows in a dry run the profile that was asked for, and what is otherwise in the one that it may fall back to', async (test) => {
    const who = person(test);
    const playbook = who.writeFile(
      'two.yaml',
      `playbook: two
params: { batch: { type: integer, default: 4 } }
profiles: { gpu: { env: { DEVICE: gpu } }, cpu: { params: { batch: 1 }, env: { DEVICE: cpu } } }
fallback: { to: cpu, on: [exit 134, rocm-fault] }
launch: { run: 'train --batch \${{ params.batch }}', log: x.log }
`,
    );
    const show = async (...more: string[]) => (await who.run(['launch', playbook, ...onDemo, '--dry-run', ...more])).stdout;
    expect(await show('--set', 'batch=64')).toContain(`profile:
  gpu
  falls back to cpu, once, on exit 134 or rocm-fault:
    batch = 1
    DEVICE=cpu
    train --batch 1
`);
    expect(await show('--profile', 'cpu')).toMatch(/^profile:\n {2}cpu\nworkdir:/m);
    const { code, stderr } = await who.run(['launch', playbook, ...onDemo, '--profile', 'cpv']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "cpu"?') as string });
  });

  it('says at its end why a job has failed, once', async (test) => {
    const { code, lines } = await readScreen(person(test), ['launch', 'prod-50k', ...onDemo], { PRETEND_FAULT: 'oom' });
    expect(code).toBe(3);
    const outcome = positionOf(lines, /: failed \(exit-status\), exit status 1, after \d+s$/);
    expect(lines[outcome + 1]).toBe('  failed: the job ended with a failure status: gpu-memory (exit 1)');
    expect(lines.filter((line) => line.includes('ended with a failure status'))).toHaveLength(1);
  });

  it('that only starts says how to come back; status says that nobody drives it; a resume shows what is new', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '6' });
    const started = await who.run(['launch', 'prod-50k', ...onDemo, '--detach']);
    const { id } = who.newest();
    expect(started.code).toBe(0);
    expect(started.stderr.trim().split('\n').at(-1)).toBe(
      `the run goes on, and nobody drives it; to come back: fleet resume ${id}; to stop it: fleet halt ${id}`,
    );
    expect((await who.run(['status'])).stdout).toContain(`\n    nobody drives it; to take it up again: fleet resume ${id}\n`);
    const resumed = await who.run(['resume']);
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/^\nVERDICT [^]*succeeded/);
    expect(resumed.stderr).not.toMatch(/queued: |accelerator vendor/);
    expect(resumed.stderr).toContain('the job ended with status 0');
    expect(await who.run(['resume'])).toMatchObject({
      code: 0,
      stdout: 'no run is interrupted; fleet status shows every run\n',
      stderr: '',
    });
  });

  it('shows in a dry run the experiment and the workers that are meant, and refuses an experiment that there is not', async (test) => {
    const who = person(test);
    const playbook = who.writeFile(
      'sizes.yaml',
      `playbook: sizes
params: { batch: { type: integer, default: 4 } }
points: { small: { params: { batch: 1 } }, large: { params: { batch: 64 } } }
validate:
  - { check: one, run: x, on: 3 }
  - { check: each, run: x, on: each, alike: true }
launch: { run: "train \${{ point }} \${{ params.batch }}", log: x.log }
`,
    );
    const show = (...more: string[]) => who.run(['launch', playbook, ...onDemo, '--dry-run', ...more]);
    const [large, mistyped] = await Promise.all([show('--point', 'large', '--json'), show('--point', 'lrage')]);
    const [plan] = (JSON.parse(large.stdout) as { plans: { point: string; playbook: { launch: { command: string } } }[] }).plans;
    expect(plan).toMatchObject({ point: 'large', playbook: { launch: { command: 'train large 64' } } });
    const small = (await show('--point', 'small', '--set', 'batch=2')).stdout;
    expect(small).toMatch(/^params:\n {2}batch = 2\npoint:\n {2}small\n/m);
    expect(small).toContain('check: one\n    x\n    (on worker 3)\n');
    expect(small).toContain('check: each\n    x\n    (on one worker after the other; the same on every worker)\n');
    expect(mistyped).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "large"?') as string });
  });

  it('prints its plan and touches nothing with --dry-run', async (test) => {
    const who = person(test);
    const { code, stdout } = await who.run(['launch', 'prod-50k', ...onDemo, '--set', 'steps=777', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^launch prod-50k on demo-a100x2 \(dry run: nothing is sent\)$/m);
    expect(stdout).toMatch(/^ {2}steps = 777$/m);
    expect(stdout).toContain('WANDB_API_KEY=secret from $WANDB_API_KEY (optional)');
    expect(who.runs()).toEqual([]);
  });
});

describe.concurrent('fleet demo', () => {
  it('says first what is going to happen, and last what to type next', async (test) => {
    const { code, lines } = await readScreen(person(test), ['demo'], { npm_lifecycle_event: 'demo' });
    expect(code).toBe(0);
    expect(lines[0]).toContain('pretend machine');
    const next = positionOf(lines, /^To try next:$/);
    expect(lines.slice(next + 1, next + 4)).toEqual([
      expect.stringMatching(/^ {2}node bin\/fleet\.js status +every run$/),
      expect.stringMatching(/^ {2}node bin\/fleet\.js status \w+ /),
      expect.stringMatching(/^ {2}node bin\/fleet\.js metrics \w+ /),
    ]);
    expect(lines.join('\n')).not.toContain('warning');
  });
});
