import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { openSmallHost, type SmallHost } from '../support/small-run.ts';

const { person } = usePeople();

/** Aborts as a GPU does that faults on its first batch; is done on the CPU, from the checkpoint that the GPU has left. */
const playbook = (after: string) => `playbook: falls-back
workdir: @work
env: { COMMON: same }
profiles:
  gpu:
    env: { DEVICE: gpu }
    monitor:
      criteria:
        - { criterion: the batch of the GPU, expr: last(training.loss) > 20 }
  cpu:
    env: { DEVICE: cpu, TOKEN: { secret: { env: CPU_TOKEN } } }
    monitor:
      criteria:
        - { criterion: the batch of the CPU, expr: max(training.loss) < 20 }
fallback: { to: cpu, on: [rocm-fault], after: ${after} }
launch:
  log: out/training.log
  time-limit: 1h
  run: |
    echo "$FLEET_RUN_ID job" >>@starts
    echo "$FLEET_ATTEMPT $DEVICE $COMMON $TOKEN $FLEET_CHECKPOINT" >>out/seen
    if [ "$DEVICE" = gpu ]; then
      echo '1,32' >>out/training.csv
      echo weights >out/step_1.pt
      sleep 1
      echo ':0:rocdevice.cpp :2984: HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION: code: 0x29' >&2
      exit 134
    fi
    for step in 2 3 4; do echo "$step,8" >>out/training.csv; sleep 0.3; done
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 4 }
  checkpoints: { path: 'out/step_*.pt' }
`;

const ended = (id: string, because: string) => ({
  id,
  state: 'succeeded',
  profile: 'cpu',
  attempt: 2,
  outcome: { result: 'succeeded', degraded: true, exitCode: 0 },
  progress: { step: 4 },
  criteria: [
    { name: 'the batch of the GPU', verdict: 'met', attempt: 1 },
    { name: 'the batch of the CPU', verdict: 'met', attempt: 2 },
  ],
  attempts: [
    { attempt: 1, profile: 'gpu', degraded: false, because: null, ending: { exitCode: 134 } },
    { attempt: 2, profile: 'cpu', degraded: true, because, ending: { exitCode: 0 } },
  ],
});

function expectOneStartEach(who: Person, host: SmallHost, id: string): void {
  expect(host.starts(id)).toEqual(['job', 'job']);
  expect(readFileSync(join(host.work, 'out/seen'), 'utf8')).toMatch(
    /^1 gpu same {2}\n2 cpu same hush-hush (out\/step_1\.pt)?\n$/,
  );
  expect(who.readRows(id)).toEqual([
    [1, 32],
    [2, 8],
    [3, 8],
    [4, 8],
  ]);
  expect(host.remains(id)).toEqual([]);
}

describe('a job that dies in one profile', { timeout: 120_000 }, () => {
  it('goes on in the other, once, and the run is degraded', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const env = { CPU_TOKEN: 'hush-hush' };
    const { code, stdout } = await who.run(['launch', ...host.write('falls-back', playbook('60s'))], env);
    const run = who.newest();
    expect(run).toMatchObject(ended(run.id, 'HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION'));
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded, degraded: cpu') as string });
    expectOneStartEach(who, host, run.id);
  });

  it('does so with no controller there, and whoever comes back goes on with it', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const env = { CPU_TOKEN: 'hush-hush' };
    const controller = who.start(['launch', ...host.write('falls-back', playbook('1s'))], env);
    await waitFor('the job runs', () => existsSync(join(host.work, 'out/seen')) && who.newest().state === 'running');
    controller.kill('SIGKILL');
    await controller.ended;
    const { id } = who.newest();
    await waitFor('the guard has done it', () => existsSync(join(who.folder, 'remote/runs', id, 'a2/w0/job/exit')), 30_000);
    expect(who.newest()).toMatchObject({ state: 'running', attempt: 1 });
    const back = await who.run(['resume'], env);
    expect(back.code, back.stderr + who.events(id).join('\n')).toBe(0);
    expect(who.newest()).toMatchObject(ended(id, 'fallback by the guard: HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION'));
    expect(who.newest().attempts[1]?.checkpoint).toBe('out/step_1.pt');
    expectOneStartEach(who, host, id);
  });

  it('and whose trainer falls back by itself keeps its profile, and is degraded as its log says', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const text = `playbook: by-itself
workdir: @work
fallback: { by-trainer: CPU fallback ready }
launch: { log: out/training.log, run: 'echo "ROCm: CPU fallback ready"; echo 1,1 >>out/training.csv; sleep 1' }
monitor:
  metrics: { training: { csv: out/training.csv, columns: [step, loss] } }
  progress: { metric: training.step }
`;
    const { code } = await who.run(['launch', ...host.write('by-itself', text)]);
    const run = who.newest();
    expect({ code, ...run }).toMatchObject({
      code: 0,
      attempt: 1,
      outcome: { result: 'succeeded', degraded: true },
      attempts: [{ profile: null, degraded: true }],
    });
    expect(run.flags).toContainEqual(
      expect.objectContaining({ color: 'yellow', expected: true, text: 'ROCm: CPU fallback ready' }),
    );
    expect(who.events(run.id).filter((event) => event.startsWith('degraded:'))).toHaveLength(1);
  });
});
