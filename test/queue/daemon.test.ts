import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EntryDocument } from '../../src/cli/queue/entry-document.ts';
import { findZone } from '../../src/language/zone.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';
import { makeJumpingClock } from '../support/wrong-clock.ts';

const { person } = usePeople();
const hourMs = 3_600_000;

/** Counts to `steps`, saves each, and goes on from what it saved. */
const counting = (steps: number) => `playbook: counting
workdir: @work
params:
  seed: { type: integer, default: 1 }
prepare:
  - { action: look around, run: 'true' }
launch:
  log: out/training.log
  halt: { sentinel: out/halt, grace: 5s, then: [TERM, 1s, KILL] }
  run: |
    echo "$FLEET_RUN_ID job \${{ params.seed }}" >>@starts
    step=0
    [ -z "$FLEET_CHECKPOINT" ] || step=$(cat "$FLEET_CHECKPOINT")
    while [ "$step" -lt ${steps} ] && ! [ -e out/halt ]; do
      sleep 0.2
      step=$((step + 1))
      echo $step >"out/\${{ params.seed }}-$step.txt"
      echo "$step,0.5" >>out/training.csv
    done
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: ${steps} }
  checkpoints: { path: 'out/\${{ params.seed }}-{step}.txt' }
`;

async function listEntries(who: Person): Promise<EntryDocument[]> {
  const { entries } = (await who.ask(['queue', 'list', '--all'])) as { entries: EntryDocument[] };
  return entries;
}

async function waitForEntries(who: Person, what: string, holds: (entries: EntryDocument[]) => boolean): Promise<EntryDocument[]> {
  let last: EntryDocument[] = [];
  const look = async () => holds((last = await listEntries(who)));
  await waitFor(what, look, 90_000).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(last, null, 2)}`);
  });
  return last;
}

describe('fleet daemon', { timeout: 120_000 }, () => {
  it('runs three experiments one after the other, each once, though it is killed in the middle, and hands over on TERM', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const words = host.write('counting', counting(8));
    expect(await who.run(['queue', 'add', ...words, '--matrix', 'seed=1,2,3'])).toMatchObject({ code: 0 });

    const first = who.start(['daemon']);
    const run = await who.waitForRun('the first one runs', ({ state }) => state === 'running');
    first.kill('SIGKILL');
    await first.ended;
    const second = who.start(['daemon']);
    const entries = await waitForEntries(who, 'the end of all', (all) => all.every(({ state }) => state === 'done'));

    expect(entries.map(({ name, runs }) => [name, runs.length])).toEqual([
      ['counting seed=1 on small', 1],
      ['counting seed=2 on small', 1],
      ['counting seed=3 on small', 1],
    ]);
    expect(entries[0]?.run).toBe(run.id);
    for (const [index, entry] of entries.entries()) expect(host.starts(entry.run ?? '')).toEqual([`job ${index + 1}`]);
    const times = who.runs().map(({ createdAt, endedAt }) => ({ createdAt, endedAt: endedAt ?? '' }));
    for (const [index, later] of times.slice(0, -1).entries())
      expect(later.createdAt >= (times[index + 1]?.endedAt ?? '')).toBe(true);

    expect((await who.ask(['status']))['queue']).toMatchObject({
      waiting: 0,
      running: 0,
      daemon: { what: 'daemon', pid: second.pid },
    });
    expect(await who.run(['daemon'])).toMatchObject({ code: 1, stderr: expect.stringContaining(`pid ${second.pid}`) as string });
    second.kill('SIGTERM');
    expect(await second.ended).toMatchObject({ code: 0 });
    expect((await who.ask(['status']))['queue']).toMatchObject({ daemon: null });
    const log = readFileSync(join(who.stateDir, 'daemon.log'), 'utf8').trimEnd().split('\n');
    expect(log.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain('counting seed=3 on small: done');
  });

  it('halts at the time to yield what can go on from a checkpoint, and goes on from it the next night', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const clock = makeJumpingClock(who.folder, 'first');
    const words = host.write('counting', counting(40));
    const inHours = (hours: number) =>
      findZone('UTC')
        .format(Date.now() + hours * hourMs)
        .slice(11);
    const night = ['--window', `${inHours(-1)}-${inHours(2)}`, '--yield-by', inHours(4), '--tz', 'UTC'];
    expect(await who.run(['queue', 'add', ...words, ...night])).toMatchObject({ code: 0 });

    const daemon = who.start(['daemon'], clock.env);
    await who.waitForRun(
      'it counts',
      ({ progress, checkpoints }) => (progress?.step ?? 0) > 3 && checkpoints.some(({ state }) => state === 'complete'),
    );
    clock.jumpTo(4 * hourMs);
    const [waits] = await waitForEntries(who, 'the yield', ([entry]) => entry?.state === 'waiting');
    expect(waits).toMatchObject({
      runs: [expect.any(String)],
      reason: expect.stringContaining('goes on from its checkpoint') as string,
    });
    await waitFor('nothing of it is left', () => host.remains(waits?.run ?? '').length === 0, 5_000);
    expect(who.newest()).toMatchObject({ state: 'halted', message: expect.stringMatching(/^it must yield at /) as string });

    clock.jumpTo(24 * hourMs);
    const [done] = await waitForEntries(who, 'the second night', ([entry]) => entry?.state === 'done');
    expect(done?.runs).toHaveLength(2);
    const [goesOn] = who.runs();
    expect(goesOn?.attempts[0]).toMatchObject({
      because: `goes on from run ${waits?.run ?? ''}`,
      checkpoint: expect.stringMatching(/^out\/1-\d+\.txt$/) as string,
    });
    // Each step was done once: what it saved when it was asked to stop was not lost.
    expect(host.rows().map(([step]) => step)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    daemon.kill('SIGTERM');
    await waitFor('it has handed over', async () => (await daemon.ended).code === 0, 20_000);
  });
});
