import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { killAround } from '../support/gates.ts';
import { usePeople, type Person } from '../support/person.ts';
import { openSmallHost, type SmallHost } from '../support/small-run.ts';

const { person } = usePeople();

/** Writes checkpoints as torch does: archives with their end. The last one is cut off, as on a full disk. */
const job = `
    mkdir -p out
    for step in 1 2 3 4 5; do
      echo "$step,$(((step - 2) * (step - 2) + 1))" >>out/training.csv
      printf 'PK\\003\\004weights of %s\\nPK\\005\\006\\000\\000\\n' $step >out/step_$step.part
      mv out/step_$step.part out/step_$step.pt
    done
    printf 'PK\\003\\004weights of 6\\n' >out/step_6.pt`;

const playbookOf = (rules: string) => `playbook: saves
workdir: @work
launch:
  log: out/training.log
  run: |${job}
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 5 }
  checkpoints:
    path: out/step_{step}.pt
${rules}
`;

async function setUp(
  test: TestContext,
  rules: string,
): Promise<{ who: Person; host: SmallHost; launch: string[]; copies: string }> {
  const who = person(test);
  const host = await openSmallHost(test, who);
  host.clear(who);
  const copies = join(who.folder, 'copies');
  return { who, host, copies, launch: ['launch', ...host.write('saves', playbookOf(rules.replaceAll('@copies', copies)))] };
}

const statesOf = (run: RunDocument) => Object.fromEntries(run.checkpoints.map(({ path, state }) => [path, state]));

function eventsOf(who: Person, run: RunDocument): string[] {
  return who
    .events(run.id)
    .filter((text) => text.startsWith('checkpoint'))
    .toSorted();
}

describe.concurrent('the checkpoints of a run', { timeout: 120_000 }, () => {
  it('are loaded, copied, and kept as far as they are the last or the best; a truncated one is never usable', async (test) => {
    const { who, host, launch, copies } = await setUp(
      test,
      `    loads: echo load >>@starts; grep -q "^PK" {checkpoint} && ! grep -q "weights of 4" {checkpoint} && echo all finite
    finite: all finite
    best: { by: training.loss }
    keep: { last: 2, best: 1 }
    back-up: { to: 'small:@copies' }`,
    );
    expect(await who.run(launch)).toMatchObject({ code: 0 });
    const run = who.newest();
    expect(statesOf(run)).toEqual({
      'out/step_1.pt': 'removed',
      'out/step_2.pt': 'valid',
      'out/step_3.pt': 'valid',
      'out/step_4.pt': 'invalid',
      'out/step_5.pt': 'valid',
      'out/step_6.pt': 'invalid',
    });
    expect(run.checkpoints[1]).toMatchObject({ step: 2, metric: 1, backUp: `small:${copies}/${run.id}/out/step_2.pt` });
    expect(readdirSync(join(host.work, 'out')).filter((name) => name.endsWith('.pt'))).toEqual(
      [2, 3, 4, 5, 6].map((step) => `step_${step}.pt`),
    );
    const kept = join(copies, run.id, 'out');
    expect(readdirSync(kept)).toEqual([1, 2, 3, 5].map((step) => `step_${step}.pt`));
    expect(readFileSync(join(kept, 'step_5.pt'))).toEqual(readFileSync(join(host.work, 'out/step_5.pt')));
    expect(run.health).toBe('yellow');
    expect(new Set(eventsOf(who, run)).size).toBe(eventsOf(who, run).length);
  });

  it.for([
    { to: 'local:@copies', moment: 'after', text: 'sum_checkpoint' },
    { to: 'small:@copies', moment: 'before', text: 'append_part' },
    { to: '@copies', moment: 'after', text: 'copy_checkpoint' },
  ] as const)(
    'are the same when the controller dies $moment $text, between seeing one whole and its copy',
    async (dies, test) => {
      const { who, launch, copies } = await setUp(
        test,
        `    loads: echo load >>@starts; grep -q "^PK" {checkpoint}
    back-up: { to: '${dies.to}' }`,
      );
      expect((await who.start(launch, killAround(dies.moment, dies.text)).ended).signal).toBe('SIGKILL');
      const died = who.newest();
      expect(died.checkpoints.filter(({ backUp }) => backUp !== null)).toEqual([]);
      expect(await who.run(['resume', died.id])).toMatchObject({ code: 0 });
      const run = who.newest();
      const folder = `${dies.to.replace('@copies', copies)}/${run.id}/out`;
      expect(run.checkpoints.map(({ state, backUp }) => [state, backUp])).toEqual([
        ...[1, 2, 3, 4, 5].map((step) => ['valid', `${folder}/step_${step}.pt`]),
        ['invalid', null],
      ]);
      expect(new Set(eventsOf(who, run)).size).toBe(eventsOf(who, run).length);
      expect(readFileSync(join(who.folder, 'starts'), 'utf8')).toBe('load\n'.repeat(5));
      expect(readdirSync(join(copies, run.id, 'out'))).toHaveLength(5);
      expect(readdirSync(join(copies, run.id, '.part/out'))).toEqual([]);
    },
  );
});
