import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { usePeople } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';

const { person } = usePeople();

const text = `playbook: compared
workdir: @work
params: { loss: { type: number, default: 2 } }
launch:
  log: out/training.log
  run: for step in 1 2 3; do echo "$step,\${{ params.loss }}"; done >>out/training.csv
monitor:
  metrics: { training: { csv: out/training.csv, columns: [step, loss] } }
  progress: { metric: training.step, of: 3 }
  earlier-runs: { before: { run: last succeeded, metric: training } }
  criteria:
    - { criterion: as before, expr: 'distance(training.loss, before.loss) <= 0.05', window: steps 1..3, severity: yellow }
`;

describe('a run that is compared with an earlier one', { timeout: 60_000 }, () => {
  it('is inconclusive without one, and later held to the last that succeeded', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const playbook = host.write('compared', text);
    const judge = async (...more: string[]) => {
      const { stdout } = await who.run(['launch', ...playbook, ...more, '--json']);
      const [run] = (JSON.parse(stdout) as { runs: RunDocument[] }).runs;
      return run?.criteria[0];
    };
    expect(await judge()).toMatchObject({
      verdict: 'inconclusive',
      message: '"before" has no readings in the window',
    });
    expect(await judge('--set', 'loss=2.05')).toMatchObject({ verdict: 'met', observed: '0.0243902' });
    expect(await judge('--set', 'loss=3')).toMatchObject({ verdict: 'violated', observed: '0.316667' });
  });

  it('is not made when the one that is named is not known', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const playbook = host.write('compared', text.replace('last succeeded', 'zzzz'));
    const { code, stderr } = await who.run(['launch', ...playbook]);
    expect(code).toBe(2);
    expect(stderr).toContain('the run "zzzz", with which this one is compared, is not known');
  });
});
