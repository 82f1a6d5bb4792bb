import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { Context } from '../../src/cli/context.ts';
import { planRuns } from '../../src/cli/plan-runs.ts';
import { startEmbeddedHost } from '../../src/embedded/embedded-host.ts';
import { createRun } from '../../src/engine/create-run.ts';
import { driveRun } from '../../src/engine/drive-run.ts';
import type { EngineParts } from '../../src/engine/parts.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { makeTestClock } from '../support/test-clock.ts';

const { person, program } = usePeople();
const minuteMs = 60_000;

/** A pretend machine behind a line that can be cut, and a run that is driven in this process, by a clock of the test. */
async function driveFarAway(test: TestContext) {
  const who = person(test);
  const host = await startEmbeddedHost({
    name: 'far',
    machine: 'a100x2',
    dataDir: join(who.folder, 'far'),
    environment: { PRETEND_SECONDS: '25', PRETEND_MAX_SECONDS: '120' },
    assetsDir: join(program().root, 'dist'),
  });
  test.onTestFinished(() => host.close());
  const line = await startTcpProxy(host);
  test.onTestFinished(() => line.close());
  const demo = readFileSync(join(program().root, 'inventories/demo.yaml'), 'utf8');
  const [, commit = ''] = /commit: ([0-9a-f]{40})/.exec(demo) ?? [];
  const inventory = who.writeFile(
    'inventory.yaml',
    `hosts:
  far:
    address: 127.0.0.1
    ssh: { user: pretend, port: ${line.port}, key: ${host.keyFile}, agent: false, host-keys: accept-new, known-hosts: ${who.folder}/known_hosts, keepalive: 1s, connect-timeout: 3s }
    accelerators: { vendor: nvidia, model: A100, count: 2, memory: 80GB }
    params: { commit: ${commit} }
`,
  );
  const environment = { FLEET_STATE_DIR: who.stateDir, FLEET_PLAYBOOKS: join(program().root, 'playbooks'), FLEET_LOG: 'fatal' };
  const context = new Context({ environment, inventories: [inventory] });
  test.onTestFinished(() => context.close());

  const clock = makeTestClock(test);
  const dials: number[] = [];
  const real = await context.engineParts();
  const parts: EngineParts = {
    ...real,
    clock,
    connect: (to, at) => {
      dials.push(clock.monotonic());
      return real.connect(to, at);
    },
  };
  const { plans } = await planRuns(context, { kind: 'launch', playbook: 'prod-50k', host: 'far' });
  const [plan] = plans;
  if (plan === undefined) throw new Error('nothing is planned');
  createRun(parts, plan);
  const driven = driveRun(parts, plan.run, { signal: new AbortController().signal, takeOver: false });
  return { who, home: host.homeDir, line, clock, dials, driven, run: plan.run };
}

describe('a host that is silent for half an hour', { timeout: 120_000 }, () => {
  it('is tried ever more seldom; the run stays running and its job untouched, and nothing of it is missed', async (test) => {
    const { who, home, line, clock, dials, driven, run } = await driveFarAway(test);
    await who.waitForRun('the trainer makes steps', ({ progress }) => (progress?.step ?? 0) > 0);
    const before = who.events(run);
    line.stall();
    await who.waitForRun('the silence is noticed', ({ reachability }) => reachability.status === 'unreachable');
    line.refuse();
    const processes = processesOf(run);
    const cutAt = clock.monotonic();
    dials.length = 0;
    clock.skipWaits();
    await waitFor('half an hour has passed', () => clock.monotonic() > cutAt + 30 * minuteMs);
    expect(who.newest()).toMatchObject({ state: 'running', outcome: null, reachability: { status: 'unreachable' } });
    expect(who.events(run)).toEqual([...before, expect.stringContaining('the job is not touched')]);
    expect(processesOf(run)).toEqual(processes);
    const gaps = readGaps([cutAt, ...dials]);
    expect(gaps[0]).toBeLessThan(10_000);
    expect(Math.max(...gaps)).toBeGreaterThan(minuteMs / 2);
    expect(Math.max(...gaps)).toBeLessThan(2 * minuteMs);
    expect(Math.min(...gaps.slice(8))).toBeGreaterThan(minuteMs / 2);
    expect(new Set(gaps.slice(8)).size).toBeGreaterThan(10);

    line.restore();
    await who.waitForRun('it answers again', ({ reachability }) => reachability.status === 'reachable');
    clock.stopSkipping();
    await driven;
    expect(who.newest()).toMatchObject({ state: 'succeeded', attempt: 1, outcome: { result: 'succeeded' } });
    expect(who.events(run).filter((text) => /no progress for|halting|^lost|restart|taken over/.test(text))).toEqual([]);
    expect(rowsOf(await who.ask(['metrics', run, '--source', 'training']))).toEqual(readTrainingFile(home));
    expect(countTrainers(home)).toBe(1);
  });
});

/** Between tries, in milliseconds; questions that are asked side by side are one try. */
function readGaps(times: readonly number[]): number[] {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return gaps.filter((gap) => gap > 100);
}
