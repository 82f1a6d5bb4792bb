import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FactsDocument } from '../../src/cli/read-facts.ts';
import type { ExecResult } from '../../src/engine/exec.ts';
import { usePeople } from '../support/person.ts';

const { person } = usePeople();
const workers = [0, 1, 2, 3, 4, 5, 6, 7];

describe('demo-tpu, the pretended slice', { timeout: 60_000 }, () => {
  it('has eight workers of four chips, each of which knows its own place', async (test) => {
    const who = person(test);
    const json = await who.run(['facts', 'demo-tpu', '--json']);
    expect(json).toMatchObject({ code: 0, stderr: '' });
    const { hosts } = JSON.parse(json.stdout) as { hosts: FactsDocument[] };
    expect(hosts).toMatchObject(
      workers.map((worker) => ({
        ...{ host: 'demo-tpu', worker, reachable: true, acceleratorProblems: [] },
        accelerators: [0, 1, 2, 3].map((index) => ({ vendor: 'google', model: 'TPU v4', index, healthy: true, processes: [] })),
        tpu: { type: 'v4-64', topology: '2x4x4', chips: 32, chipsPerWorker: 4, workers: 8, workerIndex: worker },
      })),
    );

    const exec = await who.run(['exec', '--host', 'demo-tpu', '--json', '--', 'echo "$HOME"']);
    const { results } = JSON.parse(exec.stdout) as { results: ExecResult[] };
    const homes = workers.map((worker) => `${join(who.hostHome('demo-tpu'), `../w${worker}/home`)}\n`);
    expect(results.map(({ worker, stdout, exitCode }) => [worker, stdout, exitCode])).toEqual(
      homes.map((home, worker) => [worker, home, 0]),
    );
  });

  it('is listed with its workers', async (test) => {
    const who = person(test);
    expect((await who.run(['hosts', 'demo-tpu'])).stdout).toMatch(/^demo-tpu +demo +32 x v4 32GiB +8 /m);
    const { hosts } = JSON.parse((await who.run(['hosts', 'demo-tpu', '--json'])).stdout) as { hosts: unknown[] };
    expect(hosts).toMatchObject([{ machine: 'tpu-v4-64', workers: workers.map((index) => ({ index, address: null })) }]);
  });
});
