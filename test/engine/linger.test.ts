import { describe, expect, it } from 'vitest';
import { usePeople } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';

const { person } = usePeople();

const playbook = (linger: string) => `playbook: stays
workdir: @work
launch:
  log: out/training.log
  linger: ${linger}
  halt: { then: [TERM, 1s, KILL] }
  run: |
    echo "8,0.1" >>out/training.csv
    echo weights >out/model.bin
    exec sleep 300
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 8 }
verify:
  - { check: the model is there, files: { glob: out/model.bin } }
`;

describe('a process that has done its work and does not exit', { timeout: 120_000 }, () => {
  it('makes the run lingering, and goes on until somebody stops it', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const launch = who.start(['launch', ...host.write('stays', playbook('1s'))]);
    const run = await who.waitForRun('it lingers', ({ state }) => state === 'lingering');
    expect(run.message).toBe(`the work is done, and the process has not exited for 1s: fleet halt ${run.id} stops it`);
    expect((await who.run(['halt'])).code).toBe(0);
    await launch.ended;
    expect(who.newest()).toMatchObject({ state: 'halted', attempts: [{ attempt: 1, ending: { exitCode: 143 } }] });
  });

  it('is stopped where the playbook says so, and what it promised counts as it says', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const stopped = '{ after: 1s, then: halt, counts-as: succeeded }';
    expect((await who.run(['launch', ...host.write('stays', playbook(stopped))])).code).toBe(0);
    const run = who.newest();
    expect(run.outcome).toEqual({ result: 'succeeded', reason: 'did-not-exit', exitCode: 143, degraded: false });
    expect(who.events(run.id)).toContain('linger: stopping attempt 1: the work is done, and the process has not exited for 1s');
  });
});
