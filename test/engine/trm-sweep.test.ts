import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { usePeople, type Person } from '../support/person.ts';

const { person } = usePeople();
const launch = ['launch', 'trm-sweep', '--point', 'e1_1_baseline', '--host', 'demo-tpu', '--set', 'quick_steps=2'];
const workers = Array.from({ length: 8 }, (_, worker) => worker);

const logOf = (who: Person, worker: number) =>
  readFileSync(join(who.hostHome(`demo-tpu/w${worker}`), 'trm/logs/e1_1_baseline.log'), 'utf8');

it(
  'an experiment runs on eight workers as one, and is named with its point; one that a worker refuses is stopped on all',
  { timeout: 180_000 },
  async (test) => {
    const who = person(test, { PRETEND_SECONDS: '4' });
    const first = await who.run(launch);
    const run = who.newest();
    expect(run).toMatchObject({ state: 'succeeded', verdict: 'GO', point: 'e1_1_baseline', host: 'demo-tpu' });
    expect(first.code).toBe(0);
    expect(run.workers.map(({ index, exitCode }) => [index, exitCode])).toEqual(workers.map((worker) => [worker, 0]));
    for (const worker of workers) expect(logOf(who, worker)).toMatch(`[Rank ${worker}/8] Starting training worker`);
    expect(first.stdout).toContain('trm-sweep/e1_1_baseline on demo-tpu');

    // The quick run of the preflight is remembered: the job itself is what worker 5 refuses.
    const second = await who.run(launch, { PRETEND_FAULT: 'w5:refuse' });
    const refused = who.newest();
    expect(refused).toMatchObject({ state: 'failed', outcome: { reason: 'exit-status', exitCode: 1 } });
    expect(second.code).toBe(3);
    expect(second.stdout).toMatch(/worker 5 failed.*tpu-busy/);
    expect(refused.workers.every(({ state }) => state === 'exited')).toBe(true);
    expect(who.processes()).toEqual([]);
  },
);
