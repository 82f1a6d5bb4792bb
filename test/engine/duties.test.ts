import { describe, expect, it } from 'vitest';
import { usePeople } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';

const { person } = usePeople();

const playbook = `playbook: with-duties
workdir: @work
launch:
  log: out/training.log
  run: for step in 1 2 3; do echo "$step,0.$((9 - step))" >>out/training.csv; sleep 0.3; done
monitor:
  metrics: { training: { csv: out/training.csv, columns: [step, loss], step: step } }
  progress: { metric: training.step, of: 3 }
  criteria:
    - { criterion: it learns, expr: last(training.loss) < 0.8, window: steps 1..2 }
duties:
  - { duty: it learns from the start, at: step 2, criteria: [it learns] }
  - { duty: somebody has looked at it, at: step 1, ask: are adjustments needed? }
  - { duty: it was left alone, within: 3d, ask: has anybody touched it? }
`;

describe('duties', { timeout: 60_000 }, () => {
  it('are settled by what is seen, told when it is time, and settled by a person also after the run', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    expect((await who.run(['launch', ...host.write('with-duties', playbook)])).code).toBe(0);
    const run = who.newest();
    expect(run.duties.map(({ name, state }) => [name, state])).toEqual([
      ['it learns from the start', 'met'],
      ['somebody has looked at it', 'due'],
      ['it was left alone', 'due'],
    ]);
    expect(run.health).toBe('green');
    const told = who.readEvents(run.id).filter(({ kind, text }) => kind === 'duty' && text.includes('somebody'));
    expect(told[0]?.text).toContain(`is due; fleet duty ${run.id} shows how to settle it`);

    const say = (...words: string[]) => who.run(['duty', run.id, ...words]);
    expect((await say('somebody has looked at it', '--done', '--note', 'none needed')).code).toBe(0);
    const shown = await say();
    expect(shown.stdout).toMatch(/somebody has looked at it +at step 1.* met +none needed +\S+@\S+/);
    const again = await say('somebody has looked at it', '--failed');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is met already, says ') as string });
    const unknown = await say('somebody has looked at', '--done');
    expect(unknown).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "somebody has looked at it"?') as string,
    });
    expect((await say('somebody has looked at it')).code).toBe(2);
  });
});
