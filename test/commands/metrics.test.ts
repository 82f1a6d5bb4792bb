import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../support/built-fleet.ts';
import { recordTraining } from '../support/seeded-store.ts';
import { useBuiltFleet } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();

describe('fleet metrics', () => {
  it(
    'prints the rows in the order of the file, with empty cells for what is unknown',
    inWorkplace(async ({ store, addRun, run }) => {
      const lease = addRun({ id: 'metricsaaa' });
      recordTraining(store, lease, 3);
      const { code, stdout } = await run('metrics', 'metrics', '--source', 'training');
      expect(code).toBe(0);
      expect(stdout.split('\n').slice(0, 3)).toEqual([
        'worker,source,attempt,step,at,loss,note',
        '0,training,1,1,2027-01-15T08:00:00.000Z,1,"a,b"',
        '0,training,1,2,2027-01-15T08:00:00.000Z,,"a,b"',
      ]);
      const { rows } = readDocument(await run('metrics', 'metrics', '--json')) as { rows: object[] };
      expect(rows).toHaveLength(3);
      expect(rows[1]).toEqual({
        worker: 0,
        source: 'training',
        attempt: 1,
        step: 2,
        at: '2027-01-15T08:00:00.000Z',
        loss: null,
        note: 'a,b',
      });
    }),
  );

  it(
    'gives no rows of a source that has none',
    inWorkplace(async ({ addRun, run }) => {
      addRun({ id: 'metricsaaa' });
      const answered = await run('metrics', 'metrics', '--source', 'nothing', '--json');
      expect(answered.code).toBe(0);
      expect(readDocument(answered)).toEqual({ rows: [] });
    }),
  );

  it(
    'is quiet when its reader leaves early',
    inWorkplace(async ({ store, addRun, stateDir, bin }) => {
      recordTraining(store, addRun({ id: 'metricsaaa' }), 20_000);
      const child = spawn(process.execPath, [bin, 'metrics', 'metrics'], {
        env: { PATH: process.env['PATH'], FLEET_STATE_DIR: stateDir },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 30_000,
      });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.stdout.once('data', () => child.stdout.destroy());
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }),
  );
});
