import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usePeople, type Person } from '../../support/person.ts';
import { openSmallGang } from '../../support/small-gang.ts';

const { person } = usePeople();
const limitMs = 60_000;
const nodes = join(import.meta.dirname, '../../support/rendezvous.mjs');

/** A job of which each worker writes rows of its own; `before`: what it does first. */
const playbook = (before: string, { gang = '{ within: 20s }', steps = 20 } = {}) => `playbook: together
workdir: work
gang: ${gang}
validate:
  - { check: everybody is here, run: echo "$FLEET_WORKER_INDEX of $FLEET_WORKER_COUNT on $FLEET_WORKER_HOST" }
  - { check: the first is asked alone, run: echo "$NODE_RANK", on: first, expect: { stdout: { equals: '0' } } }
  - { check: the last is asked alone, run: echo "$NODE_RANK", on: 1, expect: { stdout: { equals: '1' } } }
launch:
  log: out/training.log
  run: |
    echo "$(date +%s.%N) $FLEET_WORKER_INDEX $NNODES $WORLD_SIZE $MASTER_ADDR $FLEET_WORKER_ADDRESSES" >>out/starts
    ${before}
    exec ${process.execPath} ${nodes} --steps ${steps} --csv out/training.csv --step-ms 100
  halt: { sentinel: out/halt, grace: 1s, then: [TERM, 1s, KILL] }
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: ${steps} }
  criteria:
    - { criterion: the loss is there, expr: last(training.loss) < 1e9, window: 'steps 1..${steps}' }
`;

const stepsOf = (who: Person, run: string, worker: number) => who.readRows(run, worker).map(([step]) => step);

const upTo = (steps: number) => Array.from({ length: steps }, (_, index) => index + 1);

describe('a run on two hosts', () => {
  it('starts its job on both within a second, lets them meet, and has one outcome', { timeout: limitMs }, async (test) => {
    const who = person(test);
    const gang = await openSmallGang(test, who, 2);
    const { code, stderr } = await who.run(['launch', ...gang.write('together', playbook(':'))]);
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
    const run = who.newest();
    expect(run).toMatchObject({ state: 'succeeded', host: null, outcome: { result: 'succeeded', exitCode: 0 } });
    expect(run.workers).toMatchObject([
      { host: 'gang0', index: 0, state: 'exited', exitCode: 0 },
      { host: 'gang1', index: 0, state: 'exited', exitCode: 0 },
    ]);
    const starts = [0, 1].map((host) => gang.read(host, 'work/out/starts').trim().split(' '));
    expect(starts.map(([, ...rest]) => rest)).toEqual(
      [0, 1].map((rank) => [String(rank), '2', '2', '127.0.0.1', '127.0.0.1,127.0.0.1']),
    );
    expect(Math.abs(Number(starts[0]?.[0]) - Number(starts[1]?.[0]))).toBeLessThan(1);
    for (const worker of [0, 1]) expect(stepsOf(who, run.id, worker)).toEqual(upTo(20));
    await gang.waitUntilLeft(run.id);
    const seen = run.checks.find(({ name }) => name === 'everybody is here')?.workers;
    expect(seen).toMatchObject([
      { worker: 0, result: 'pass' },
      { worker: 1, result: 'pass' },
    ]);
  });

  it('stops the one when the other does not begin, names it, and leaves nobody running', { timeout: limitMs }, async (test) => {
    const who = person(test);
    const gang = await openSmallGang(test, who, 2);
    const refuses = 'if [ "$NODE_RANK" = 1 ]; then echo "no room here"; exit 7; fi';
    const { code, stdout } = await who.run(['launch', ...gang.write('together', playbook(refuses))]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/gang1 failed: its exit status is on the host: 7/);
    const run = who.newest();
    expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'exit-status', exitCode: 7 } });
    expect(who.events(run.id).join('\n')).toMatch(/gang1 said last: no room here/);
    await gang.waitUntilLeft(run.id);
  });

  it('stops both when one does not say in time that it is ready', { timeout: limitMs }, async (test) => {
    const who = person(test);
    const gang = await openSmallGang(test, who, 2);
    const hangs = 'if [ "$NODE_RANK" = 1 ]; then exec sleep 600; fi; echo "Starting training worker"';
    const rules = "{ within: 3s, ready: 'Starting training worker' }";
    const { code } = await who.run(['launch', ...gang.write('together', playbook(hangs, { gang: rules, steps: 900 }))]);
    expect(code).toBe(3);
    const run = who.newest();
    expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'worker-not-ready' } });
    expect(run.message).toMatch(/gang1 has not said to be ready within 3s/);
    await gang.waitUntilLeft(run.id);
  });

  it('stops nothing when one of them cannot be reached, and reads what it wrote later', { timeout: limitMs }, async (test) => {
    const who = person(test);
    const gang = await openSmallGang(test, who, 2);
    const launch = who.start(['launch', ...gang.write('together', playbook(':', { steps: 80 }))]);
    await who.waitForRun('it makes steps', ({ progress }) => (progress?.step ?? 0) > 5);
    const far = gang.lines[1];
    far?.refuse();
    const lost = await who.waitForRun('it is missed', ({ reachability }) => reachability.status === 'unreachable');
    expect(who.events(lost.id).join('\n')).toMatch(/gang1: /);
    const before = stepsOf(who, lost.id, 0).length;
    await who.waitForRun('the other goes on', () => stepsOf(who, lost.id, 0).length > before + 5);
    expect(who.newest()).toMatchObject({ state: 'running', reachability: { status: 'unreachable' } });
    far?.restore();
    expect((await launch.ended).code).toBe(0);
    for (const worker of [0, 1]) expect(stepsOf(who, lost.id, worker)).toEqual(upTo(80));
  });

  it('has every row once when its controller dies while one of them is out of reach', { timeout: limitMs }, async (test) => {
    const who = person(test);
    const gang = await openSmallGang(test, who, 2);
    const controller = who.start(['launch', ...gang.write('together', playbook(':', { steps: 60 }))]);
    await who.waitForRun('it makes steps', ({ progress }) => (progress?.step ?? 0) > 5);
    gang.lines[1]?.refuse();
    gang.lines[1]?.reset();
    const { id } = await who.waitForRun('it is missed', ({ reachability }) => reachability.status === 'unreachable');
    const before = stepsOf(who, id, 0).length;
    await who.waitForRun('the other goes on', () => stepsOf(who, id, 0).length > before + 5);
    controller.kill('SIGKILL');
    await controller.ended;
    gang.lines[1]?.restore();
    expect((await who.run(['resume', id])).code).toBe(0);
    for (const worker of [0, 1]) expect(stepsOf(who, id, worker)).toEqual(upTo(60));
  });

  it('is halted on both, whoever asks', { timeout: limitMs }, async (test) => {
    const who = person(test);
    const gang = await openSmallGang(test, who, 2);
    await who.run(['launch', ...gang.write('together', playbook(':', { steps: 900 })), '--detach']);
    const { code } = await who.run(['halt']);
    expect(code).toBe(0);
    const run = who.newest();
    expect(run.state).toBe('halted');
    await gang.waitUntilLeft(run.id);
  });
});
