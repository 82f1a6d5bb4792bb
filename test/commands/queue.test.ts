import { describe, expect, test } from 'vitest';
import { readDocument } from '../support/built-fleet.ts';
import { useBuiltFleet, type Workplace } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();

const inventory = `hosts:
  one: { address: 10.9.9.1 }
  two: { address: 10.9.9.2 }
`;

const playbook = `playbook: little
params:
  lr: { type: number, default: 0.1 }
  seed: { type: integer, default: 1 }
launch:
  run: train --lr {{ lr }} --seed {{ seed }}
  log: train.log
`;

async function setup({ folder, writeFiles, runWith }: Workplace) {
  await writeFiles({ 'hosts.yaml': inventory, 'little.yaml': playbook });
  const env = { FLEET_INVENTORIES: `${folder}/hosts.yaml`, FLEET_PLAYBOOKS: folder };
  const fleet = (...words: string[]) => runWith(env, ...words);
  const add = (...words: string[]) => fleet('queue', 'add', 'little', ...words);
  const list = async (...words: string[]) => readDocument(await fleet('queue', 'list', '--json', ...words))['entries'] as Entry[];
  return { fleet, add, list };
}

interface Entry {
  id: string;
  name: string;
  host: string;
  state: string;
  reason: string | null;
  window: string | null;
  params: object;
  point: string | null;
  sweep: string | null;
}

describe('queue add', () => {
  test(
    'makes one entry for each host and each combination of a matrix, in their order',
    inWorkplace(async (workplace) => {
      const { add, list, fleet } = await setup(workplace);
      expect(await add('--host', 'one,two', '--matrix', 'lr=0.1,0.2', '--set', 'seed=7')).toMatchObject({ code: 0 });
      expect((await fleet('queue', 'list', '--sweep', 'night')).stdout).toContain('no entry here is of this sweep');
      expect((await list()).map(({ name, host, params }) => [name, host, params])).toEqual([
        ['little seed=7 lr=0.1 on one', 'one', { seed: '7', lr: '0.1' }],
        ['little seed=7 lr=0.1 on two', 'two', { seed: '7', lr: '0.1' }],
        ['little seed=7 lr=0.2 on one', 'one', { seed: '7', lr: '0.2' }],
        ['little seed=7 lr=0.2 on two', 'two', { seed: '7', lr: '0.2' }],
      ]);
    }),
  );

  test(
    'refuses the same point twice, and adds nothing of a command line that has one',
    inWorkplace(async (workplace) => {
      const { add, list } = await setup(workplace);
      await add('--host', 'one', '--matrix', 'seed=1,2');
      const answered = await add('--host', 'one', '--matrix', 'seed=2,3');
      expect(answered.code).toBe(2);
      expect(answered.stderr).toMatch(/little seed=2 on one is in the queue already: entry \w{6}, waiting\n.*--again adds it/);
      expect(await list()).toHaveLength(2);
      await add('--host', 'one', '--set', 'seed=2', '--again');
      expect(await list()).toHaveLength(3);
    }),
  );

  test(
    'goes over a named sweep of the playbook, and names the sweeps when there is none of that name',
    inWorkplace(async (workplace) => {
      const { fleet, list } = await setup(workplace);
      await workplace.writeFiles({
        'swept.yaml': `${playbook.replace('little', 'swept')}points:
  low: { params: { lr: 0.1 } }
  high: { params: { lr: 0.9 } }
sweeps:
  both: [low, { point: high, run-name: top }]
`,
      });
      const add = (...words: string[]) => fleet('queue', 'add', 'swept', '--host', 'one', ...words);
      expect(await add('--sweep', 'both')).toMatchObject({ code: 0 });
      expect(await add('--point', 'high')).toMatchObject({ code: 0 });
      expect((await list()).map(({ name, point, sweep }) => [name, point, sweep])).toEqual([
        ['swept/low on one', 'low', 'both'],
        ['swept/top on one', 'high', 'both'],
        ['swept/high on one', 'high', null],
      ]);
      expect(await add('--sweep', 'bth')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('did you mean "both"?') as string,
      });
      expect(await add('--sweep', 'both', '--point', 'low')).toMatchObject({ code: 2 });
    }),
  );

  test(
    'keeps no secret that was typed by mistake',
    inWorkplace(async (workplace) => {
      const { add, list } = await setup(workplace);
      const { folder, writeFiles, runWith } = workplace;
      await writeFiles({
        'secret.yaml': `playbook: secret
env: { TOKEN: { secret: { env: MY_TOKEN } } }
validate:
  - { check: the card works, run: 'true' }
launch: { run: train, log: train.log }
`,
      });
      const env = { FLEET_INVENTORIES: `${folder}/hosts.yaml`, MY_TOKEN: 'hush-hush-9' };
      const words = [
        'queue',
        'add',
        `${folder}/secret.yaml`,
        '--host',
        'one',
        '--waive',
        'the card works=my token is hush-hush-9',
      ];
      const answered = await runWith(env, ...words);
      expect(answered).toMatchObject({ code: 2, stderr: expect.stringContaining('holds the value of a secret') as string });
      expect(await list()).toEqual([]);
      expect(await add('--host', 'one')).toMatchObject({ code: 0 });
    }),
  );

  test(
    'tells what is wrong with the playbook, its params, its window and its zone before anything waits',
    inWorkplace(async (workplace) => {
      const { add, list } = await setup(workplace);
      const refused = await Promise.all([
        add('--host', 'one', '--matrix', 'seed=1,x'),
        add('--host', 'three'),
        add('--host', 'one', '--window', '22-02'),
        add('--host', 'one', '--tz', 'Europe/Berln'),
        add('--host', 'one', '--after', 'nothere'),
        add('--host', 'one', '--set', 'lr=1', '--matrix', 'lr=1,2'),
      ]);
      expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2]);
      expect(refused.map(({ stderr }) => stderr.split('\n').find((line) => line.includes('error'))).join('\n')).toContain(
        'there is no time zone "Europe/Berln"',
      );
      expect(await list()).toEqual([]);
    }),
  );
});

describe('the entries of the queue', () => {
  test(
    'say why they wait, are held, released, removed and tried again',
    inWorkplace(async (workplace) => {
      const { fleet, add, list } = await setup(workplace);
      await add('--host', 'one', '--hold', '--priority', '3');
      const [first] = await list();
      const id = first?.id ?? '';
      await add('--host', 'two', '--after', id.slice(0, 5), '--window', '22:00-02:00', '--tz', 'UTC');
      const [held, follows] = await list();
      expect(held).toMatchObject({ state: 'held', reason: `held: fleet queue release ${id} lets it go`, window: null });
      expect(follows).toMatchObject({
        state: 'waiting',
        reason: `waits for entry ${id} to succeed, which is held`,
        window: '22:00-02:00',
      });

      expect((await fleet('queue', 'release', id)).stdout).toContain(`${id} little on one: waiting`);
      expect((await fleet('queue', 'release', id)).stderr).toContain(`entry ${id} is waiting, expected held`);
      expect((await fleet('queue', 'remove', id)).code).toBe(0);
      const explained = await fleet('queue', 'explain', follows?.id ?? '');
      expect(explained.stdout).toContain(`it was to follow entry ${id} once that had succeeded, and that is removed`);
      await fleet('queue', 'retry', id);
      expect((await list()).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    }),
  );

  test(
    'wait for a host that is busy with a run, and for one in quarantine',
    inWorkplace(async (workplace) => {
      const { fleet, add, list } = await setup(workplace);
      await fleet('quarantine', 'one', '--reason', 'the fan is loud');
      await add('--host', 'one');
      expect(await list()).toMatchObject([{ reason: expect.stringContaining('in quarantine: the fan is loud') as string }]);
    }),
  );

  test(
    'are of a topic whose commands are told',
    inWorkplace(async (workplace) => {
      const { fleet } = await setup(workplace);
      const [alone, wrong, help, addHelp] = await Promise.all([
        fleet('queue'),
        fleet('queue', 'ad'),
        fleet('queue', '--help'),
        fleet('help', 'queue', 'add'),
      ]);
      expect(alone).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('fleet queue: expected one of add, explain, hold') as string,
      });
      expect(wrong.stderr).toContain('hint: fleet queue add');
      expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('queue add') as string });
      expect(addHelp).toMatchObject({ code: 0, stdout: expect.stringContaining('--yield-by') as string });
    }),
  );
});
