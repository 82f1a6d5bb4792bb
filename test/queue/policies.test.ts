import { describe, expect, it } from 'vitest';
import type { EntryDocument } from '../../src/cli/queue/entry-document.ts';
import { usePeople, type Person } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';

const { person } = usePeople();

/** A batch above 64 does not fit, a loss of 9 is hopeless, and `fail` breaks it. */
const climbing = `playbook: climbing
workdir: @work
params:
  batch: { type: integer, default: 32 }
  loss: { type: integer, default: 1 }
  fail: { type: boolean, default: false }
ladder: { rungs: [{ batch: 64 }] }
launch:
  log: out/training.log
  halt: { sentinel: out/halt, grace: 5s, then: [TERM, 1s, KILL] }
  run: |
    rm -f out/halt
    [ \${{ params.batch }} -le 64 ] || { echo 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB'; exit 1; }
    [ \${{ params.fail }} = false ] || { echo broken; exit 7; }
    step=0
    while [ "$step" -lt 4 ] && ! [ -e out/halt ]; do
      sleep 0.2
      [ \${{ params.loss }} = 9 ] || step=$((step + 1))
      echo "$step,\${{ params.loss }}" >>out/$FLEET_RUN_ID.csv
    done
monitor:
  metrics: { training: { csv: 'out/*.csv', columns: [step, loss], step: step } }
  progress: { metric: training.step, of: 4 }
  criteria: [{ criterion: it learns, expr: last(training.loss) < 5, then: [give-up] }]
`;

async function listEntries(who: Person): Promise<EntryDocument[]> {
  return ((await who.ask(['queue', 'list', '--all'])) as { entries: EntryDocument[] }).entries;
}

const known = (entries: EntryDocument[]) =>
  entries.map(({ params, changed, state, runs }) => [params, changed, state, runs.length]);

describe('a sweep in the queue', { timeout: 120_000 }, () => {
  it('takes the ladder for too little memory, gives up what is hopeless, and stops after a failure where that was said', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const words = ['queue', 'add', ...host.write('climbing', climbing), '--on-failure', 'stop'];
    const points = ['batch=128', 'loss=9', 'batch=16', 'fail=true', 'batch=8'].flatMap((point) => ['--include', point]);
    const added = await who.run([...words, ...points]);
    expect(added).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('after a failure the ladder of climbing may change batch, which was given') as string,
    });

    expect(await who.run(['queue', 'run'])).toMatchObject({ code: 3 });
    const entries = await listEntries(who);
    expect(known(entries)).toEqual([
      [{ batch: '128' }, { batch: '64' }, 'done', 2],
      [{ loss: '9' }, {}, 'failed', 1],
      [{ batch: '16' }, {}, 'done', 1],
      [{ fail: 'true' }, {}, 'failed', 1],
      [{ batch: '8' }, {}, 'held', 0],
    ]);
    const [, hopeless, , broken, held] = entries;
    expect(hopeless?.reason).toMatch(/^run \w+ failed \(hopeless\): criterion "it learns" is violated/);
    expect(held?.reason).toBe(`entry ${broken?.id ?? ''} of its sweep has failed`);
    expect(held?.waits).toEqual([
      `held, since entry ${broken?.id ?? ''} of its sweep has failed: fleet queue release ${held?.id ?? ''} lets it go`,
    ]);
    expect(who.newest()).toMatchObject({ state: 'failed', outcome: { exitCode: 7 } });

    const results = await who.run(['queue', 'results', '--metric', 'training.loss']);
    expect(results.stdout).toContain('batch=128 on small, then batch=64');
    expect(await who.run(['queue', 'release', held?.id ?? ''])).toMatchObject({ code: 0 });
    expect(await who.run(['queue', 'run'])).toMatchObject({ code: 0 });
    expect((await listEntries(who)).at(-1)).toMatchObject({ state: 'done' });
  });

  it('ends with its budget: what runs is halted, what waits is held, and a person can let it go beyond it', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const words = ['queue', 'add', ...host.write('climbing', climbing), '--budget-time', '37s'];
    expect(await who.run([...words, '--include', 'loss=9', '--include', 'batch=8', '--observe'])).toMatchObject({ code: 0 });
    expect(await who.run(['queue', 'run'])).toMatchObject({ code: 3 });
    const [ended, held] = await listEntries(who);
    expect(ended).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/had to end, since the budget of its sweep is used up: it was not done/) as string,
    });
    expect(held).toMatchObject({
      state: 'held',
      reason: expect.stringMatching(/^the budget of its sweep is used up \(\d+s of 37s\)$/) as string,
    });
    expect(await who.run(['queue', 'release', held?.id ?? ''])).toMatchObject({ code: 0 });
    expect(await who.run(['queue', 'run'])).toMatchObject({ code: 0 });
    expect((await listEntries(who)).at(-1)).toMatchObject({ state: 'done' });
    expect(who.runs().at(-1)).toMatchObject({
      state: 'halted',
      message: expect.stringMatching(/^the budget of its sweep is used up/) as string,
    });
  });

  it('refuses a budget that it cannot keep', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    const add = (...more: string[]) => who.run(['queue', 'add', ...host.write('climbing', climbing), ...more]);
    expect(await add('--budget-cost', '5')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it is not known what small costs') as string,
    });
    expect(await add('--budget-time', '5')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--budget-time: expected a duration such as 72h, got "5"') as string,
    });
    expect(await listEntries(who)).toEqual([]);
  });
});
