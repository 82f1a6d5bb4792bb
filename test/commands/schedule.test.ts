import { expect, test } from 'vitest';
import { readDocument } from '../support/built-fleet.ts';
import { useBuiltFleet, type Workplace } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();

async function setup({ folder, writeFiles, runWith }: Workplace) {
  await writeFiles({
    'hosts.yaml': 'hosts: { one: { address: 10.9.9.1 } }\n',
    'little.yaml': 'playbook: little\nlaunch: { run: train, log: train.log }\n',
  });
  const env = { FLEET_INVENTORIES: `${folder}/hosts.yaml`, FLEET_PLAYBOOKS: folder };
  const fleet = (...words: string[]) => runWith(env, ...words);
  const add = (name: string, ...words: string[]) =>
    fleet('schedule', 'add', name, '--cron', '0 22 * * *', '--tz', 'Europe/Berlin', ...words);
  return { fleet, add };
}

const nightly = ['--', 'queue', 'add', 'little', '--host', 'one', '--yield-by', '08:00'];

test(
  'a schedule is added, shown with its next five times, run now and removed; what it has added stays',
  inWorkplace(async (workplace) => {
    const { fleet, add } = await setup(workplace);
    const added = await add('nightly', ...nightly);
    expect(added).toMatchObject({ code: 0 });
    expect(added.stdout).toMatch(/next: (\d{4}-\d\d-\d\d 22:00(, )?){5}\n/);
    const listed = readDocument(await fleet('schedule', 'list', '--json'));
    expect(listed).toMatchObject({
      schedules: [
        { name: 'nightly', cron: '0 22 * * *', zone: 'Europe/Berlin', words: nightly.slice(1), catchUp: 'once', overlap: 'skip' },
      ],
    });
    expect((await fleet('schedule', 'run-now', 'nightly')).stdout).toContain('little on one');
    expect((await fleet('status')).stdout).toContain('queue: 1 waiting, 1 schedule; nobody sees to it');
    expect(await fleet('schedule', 'remove', 'nightly')).toMatchObject({ code: 0, stdout: 'there is no schedule\n' });
    expect(readDocument(await fleet('queue', 'list', '--json'))).toMatchObject({
      entries: [{ schedule: 'nightly', yieldBy: '08:00' }],
    });
  }),
);

test(
  'what is wrong with a schedule is told when it is made',
  inWorkplace(async (workplace) => {
    const { fleet, add } = await setup(workplace);
    await add('nightly', ...nightly);
    const refused = await Promise.all([
      add('nightly', ...nightly),
      add('other'),
      add('other', '--', 'launch', 'little'),
      add('other', '--', 'queue', 'add', 'litle', '--host', 'one'),
      add('other', '--', 'queue', 'add', 'little', '--hots', 'one'),
      add('other', '--catch-up', 'all', ...nightly),
      fleet('schedule', 'add', 'other', '--cron', '99 * * * *', ...nightly),
      fleet('schedule', 'remove', 'other'),
    ]);
    expect(refused.map(({ code }) => code)).toEqual(refused.map(() => 2));
    const told = refused.map(({ stderr }) => stderr);
    expect(told[0]).toContain('there is a schedule "nightly" already');
    expect(told[1]).toContain('got no lone --');
    expect(told[2]).toContain('got "launch little"');
    expect(told[3]).toContain('no playbook is called "litle"');
    expect(told[5]).toContain('--overlap queue');
    expect(told[7]).toContain('there are nightly');
  }),
);
