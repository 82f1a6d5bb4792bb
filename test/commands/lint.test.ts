import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../support/built-fleet.ts';
import { useBuiltFleet } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();

const files = {
  'hosts.yaml': 'hosts:\n  box: { embedded: a100x2, cost: { per-hour: 2, currency: USD } }\n',
  'play.yaml':
    'playbook: play\nparams: { steps: { type: integer, default: 3600 } }\nbudget: { cost: 5 }\nwork: { steps: "${{ params.steps }}", time-per-step: 1s..2s }\n' +
    'launch: { run: ./train, log: train.log }\n',
};

describe('the lint of a plan', () => {
  it(
    'knows the params of the run and the price of the host where something is launched, and neither in a file alone',
    inWorkplace(async ({ run, folder, writeFiles }) => {
      await writeFiles(files);
      const [play, hosts] = [join(folder, 'play.yaml'), join(folder, 'hosts.yaml')];
      const alone = await run('lint', play, hosts, '--json');
      expect(alone.code).toBe(0);
      expect(readDocument(alone)).toEqual({ problems: [] });
      const planned = await run('launch', play, '--host', 'box', '--inventory', hosts, '--set', 'steps=7200', '--dry-run');
      expect(planned.code).toBe(0);
      expect(planned.stderr).toContain(
        'warning: budget.cost: 7200 steps of 1s..2s each take 2h to 4h: 4.00 to 8.00 USD at 2 USD an hour on box, and the budget is 5 USD',
      );
      expect(planned.stdout).toContain('cost:\n  2 USD an hour\n  7200 steps of 1s..2s each take 2h to 4h: 4.00 to 8.00 USD\n');
    }),
  );
});
