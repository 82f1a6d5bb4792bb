import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { waitFor } from '../support/local-host.ts';
import { readIfThere, usePeople, type Person } from '../support/person.ts';

const { person } = usePeople();

/** Each job holds memory on the card that it sees, until a file lets both go. */
const oneCard = `playbook: one-card
params: { name: { type: string } }
workdir: '~'
requires:
  accelerators: { vendor: nvidia, model: A100, count: 1, memory: 80GB }
prepare:
  - { action: lay out, run: 'mkdir -p \${{ params.name }}' }
validate:
  - { check: the card is free, accelerators: free }
  - { check: nobody else holds one, processes: { match: hold-gpu } }
launch:
  log: '\${{ params.name }}/training.log'
  run: |
    echo "$FLEET_SLOT sees $CUDA_VISIBLE_DEVICES" >\${{ params.name }}/saw
    hold-gpu "$CUDA_VISIBLE_DEVICES" 4096 100 &
    echo saved >\${{ params.name }}/step-1.txt
    echo '1,0.5' >>\${{ params.name }}/training.csv
    until [ -e release ]; do sleep 0.1; done
    sleep 1.2
    echo '2,0.4' >>\${{ params.name }}/training.csv
    kill $!
monitor:
  metrics:
    training: { csv: '\${{ params.name }}/training.csv', columns: [step, loss], step: step }
    gpu: { accelerators: 1s }
  progress: { metric: training.step, of: 2 }
  criteria:
    - criterion: told beside the job
      expr: last(training.loss) < 0
      severity: yellow
      then: [{ run: 'echo "$FLEET_SLOT sees $CUDA_VISIBLE_DEVICES" >\${{ params.name }}/beside' }]
  checkpoints:
    path: '\${{ params.name }}/step-{step}.txt'
    loads: 'test -s {checkpoint} && echo "$FLEET_SLOT sees $CUDA_VISIBLE_DEVICES" >\${{ params.name }}/loaded'
`;

it('two runs of one card each share a host, each on its own, and keep a run of the whole host away', async (test) => {
  const who = person(test);
  const playbook = who.writeFile('one-card.yaml', oneCard);
  const home = who.hostHome();
  const launch = (host: string, name: string) => ['launch', playbook, '--host', host, '--set', `name=${name}`];
  const saw = (name: string) => join(home, name, 'saw');
  const holds = (name: string) => readIfThere(join(home, name, 'training.log')).includes('holds 4096 MiB');

  const startJob = async (host: string, name: string) => {
    const started = who.start(launch(host, name));
    const tooEarly = started.ended.then((ended) => Promise.reject(new Error(JSON.stringify(ended))));
    await Promise.race([waitFor(`the job ${name}`, () => holds(name)), tooEarly]);
    // It ends by itself later on.
    tooEarly.catch(() => undefined);
    return started;
  };
  const first = await startJob('demo-a100x2:gpu1', 'one');
  const second = await startJob('demo-a100x2:gpu0', 'two');
  expect(['one', 'two'].map((name) => readFileSync(saw(name), 'utf8'))).toEqual(['gpu1 sees 1\n', 'gpu0 sees 0\n']);

  const [shared, whole, ofHost, ofSlot] = await Promise.all([
    who.run(launch('demo-a100x2:gpu1', 'three')),
    who.run(launch('demo-a100x2', 'four')),
    who.ask(['status', '--host', 'demo-a100x2', '--all']),
    who.ask(['status', '--host', 'demo-a100x2:gpu0', '--all']),
  ]);
  expect(hostsOf(ofHost)).toEqual(expect.arrayContaining(['demo-a100x2:gpu0', 'demo-a100x2:gpu1']));
  expect(hostsOf(ofSlot)).toEqual(['demo-a100x2:gpu0']);
  expect([shared.code, whole.code]).toEqual([3, 3]);
  const owner = who.runs().find(({ host, state }) => host === 'demo-a100x2:gpu1' && state === 'running')?.id ?? '';
  expect(shared.stdout).toContain(`run ${owner} of `);
  expect(whole.stdout).toMatch(/run \w+ of .* has it; fleet status/);

  writeFileSync(join(home, 'release'), '');
  const ended = await Promise.all([first.ended, second.ended]);
  expect(ended.map(({ code, stderr }) => ({ code, stderr: code === 0 ? '' : stderr }))).toEqual([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ]);
  for (const file of ['beside', 'loaded'])
    expect(['one', 'two'].map((name) => readFileSync(join(home, name, file), 'utf8'))).toEqual([
      'gpu1 sees 1\n',
      'gpu0 sees 0\n',
    ]);
  expect(readCards(who)).toEqual({ 'demo-a100x2:gpu0': [0], 'demo-a100x2:gpu1': [1] });
});

it('a quarantine of the host keeps runs away from its slots, and what is of whole hosts takes no slot', async (test) => {
  const who = person(test);
  await who.run(['quarantine', 'demo-a100x2', '--reason', 'the fan is loud']);
  const playbook = who.writeFile('one-card.yaml', oneCard);
  const gang = who.writeFile('gang.yaml', `${oneCard}gang: {}\n`);
  const [launched, slotOut, run, together] = await Promise.all([
    who.run(['launch', playbook, '--host', 'demo-a100x2:gpu0', '--set', 'name=one']),
    who.run(['quarantine', 'demo-a100x2:gpu0', '--reason', 'too']),
    who.run(['exec', '--host', 'demo-a100x2:gpu0', '--', 'true']),
    who.run(['validate', gang, '--host', 'demo-a100x2:*', '--set', 'name=one']),
    who.run(['queue', 'add', playbook, '--host', 'demo-a100x2:*', '--set', 'name=one']),
  ]);
  expect(launched.code).toBe(3);
  expect(launched.stderr + launched.stdout).toContain('the fan is loud');
  for (const { code, stderr } of [slotOut, run])
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"demo-a100x2:gpu0" is a slot') as string,
    });
  expect(together).toMatchObject({ code: 2, stderr: expect.stringContaining('would be slots of demo-a100x2') as string });
  const { entries } = (await who.ask(['queue', 'list'])) as { entries: { host: string; reason: string }[] };
  expect(entries.map(({ host }) => host)).toEqual(['demo-a100x2:gpu0', 'demo-a100x2:gpu1']);
  for (const { reason } of entries) expect(reason).toContain('host demo-a100x2 is in quarantine: the fan is loud');
});

function hostsOf({ runs }: Record<string, unknown>): (string | null)[] {
  return (runs as { host: string | null }[]).map(({ host }) => host);
}

/** The indices in the samples of the runs that had a job, by where they ran. */
function readCards(who: Person): Record<string, unknown[]> {
  const store = openStore(who.stateDir);
  const cards: Record<string, unknown[]> = {};
  try {
    for (const { id, host } of who.runs().filter(({ state }) => state === 'succeeded'))
      cards[host ?? ''] = [...new Set([...store.readSamples(id, 'gpu')].map(({ columns }) => columns['index']))];
  } finally {
    store.close();
  }
  return cards;
}
