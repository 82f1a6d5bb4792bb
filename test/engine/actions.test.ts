import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usePeople } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';

const { person } = usePeople();

/** The first attempt is too slow, the second one is not. */
const playbook = `playbook: slow
workdir: @work
restart: { on: [killed], times: 2, delay: 100ms }
launch:
  log: out/training.log
  checkpoint-now: { file: out/save-now }
  halt: { sentinel: out/halt, grace: 1s, then: [TERM, 1s, KILL] }
  run: |
    trap 'exit 9' TERM
    echo "$FLEET_RUN_ID job" >>@starts
    echo "$((FLEET_ATTEMPT * 4)),0.$FLEET_ATTEMPT" >>out/training.csv
    echo 'careful: it is slow'
    [ "$FLEET_ATTEMPT" != 1 ] || while :; do sleep 0.1; done
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 8 }
  criteria:
    - criterion: it comes on
      expr: max(training.loss) > 0.15
      then: [restart, checkpoint-now, notify, { run: 'echo "$FLEET_CAUSE, $FLEET_ATTEMPT" >>out/seen; echo done', timeout: 20s }]
  flags:
    - { yellow: careful, then: [notify] }
`;

describe('an answer to a verdict', { timeout: 120_000 }, () => {
  it('is taken once: the job saves, a command runs beside it, and the attempt is followed by another', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const { code } = await who.run(['launch', ...host.write('slow', playbook)]);
    const run = who.newest();
    expect({ code, outcome: run.outcome }).toMatchObject({ code: 0, outcome: { result: 'succeeded' } });
    expect(run.attempts).toMatchObject([{ ending: { exitCode: 9 } }, { because: 'criterion "it comes on" is violated' }]);
    expect(host.starts(run.id)).toEqual(['job', 'job']);
    expect(readFileSync(join(host.work, 'out/seen'), 'utf8')).toBe('criterion "it comes on", 1\n');
    expect(existsSync(join(host.work, 'out/save-now'))).toBe(true);
    expect(existsSync(join(host.work, 'out/halt'))).toBe(false);
    const actions = who.readEvents(run.id).filter(({ kind }) => kind === 'action' || kind === 'notify');
    expect(actions.map(({ text }) => text).filter((text) => text.includes('it comes on'))).toEqual([
      'checkpoint-now: criterion "it comes on" is violated: asked for by the file out/save-now',
      'criterion "it comes on" is violated',
      expect.stringMatching(/^run: criterion "it comes on" is violated: echo /),
      'restart: stopping attempt 1: criterion "it comes on" is violated',
    ]);
    expect(who.events(run.id)).toContainEqual(expect.stringMatching(/^run: echo .*: exit 0: done$/));
  });

  it('is only told to whoever observes', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const launch = who.start(['launch', ...host.write('slow', playbook), '--observe']);
    const { id } = await who.waitForRun('it is told', (run) =>
      who.events(run.id).includes('criterion "it comes on" is violated'),
    );
    expect((await who.run(['halt', '--force'])).code).toBe(0);
    await launch.ended;
    expect(who.readEvents(id).filter(({ kind }) => kind === 'action')).toEqual([]);
    expect(existsSync(join(host.work, 'out/save-now'))).toBe(false);
  });
});
