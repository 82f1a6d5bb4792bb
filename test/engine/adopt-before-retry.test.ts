import { describe, expect, it } from 'vitest';
import type { StartAnswer } from '../../src/remote/executor.ts';
import { openBareHost, type BareController, type BareHost } from '../support/bare-start.ts';
import { isFull } from '../support/full.ts';
import type { Direction } from '../support/tcp-proxy.ts';

const lanes = 3;
/** Numbers of different lengths are in the answer, and it comes in one packet more or less. */
const mayDiffer = 120;

/** Bytes of one packet are alike, and none is shorter than this. With FLEET_SWEEP=all the line breaks at each of them. */
const stride = isFull ? 1 : 7;

/** Where the connection breaks, counted from the sending of the question. */
interface Cut {
  direction: Direction;
  bytes: number;
}

/** All of one length, so that all questions are. */
function nameRun({ direction, bytes }: Cut): string {
  return `${direction.padEnd(4, '-')}${String(bytes).padStart(4, '0')}`;
}

function expectStarted(answer: StartAnswer): void {
  if (answer.kind !== 'state') throw new Error(`not started: ${answer.kind}`);
  expect(['starting', 'running', 'ending', 'exited']).toContain(answer.state.word);
}

/** How many bytes go each way for a start that nothing disturbs. On a crowded machine a keepalive may go beside one, and not beside the next. */
async function measure(host: BareHost): Promise<Record<Direction, number>> {
  const all: Record<Direction, number>[] = [];
  for (const bytes of [9001, 9002, 9003]) all.push(await measureOne(host, nameRun({ direction: 'up', bytes })));
  return { up: Math.min(...all.map(({ up }) => up)), down: Math.min(...all.map(({ down }) => down)) };
}

async function measureOne(host: BareHost, run: string): Promise<Record<Direction, number>> {
  const controller = host.openController();
  const drive = controller.drive(run, 1);
  await drive.putEnvironment();
  const before = { ...host.line.passed };
  expectStarted(await drive.start());
  await controller.close();
  return { up: host.line.passed.up - before.up, down: host.line.passed.down - before.down };
}

/** Starts a job over a connection that breaks so; then the same controller goes on, or another one takes over. Returns who was the last. */
async function startOver(host: BareHost, first: BareController, cut: Cut, who: 'same' | 'new'): Promise<BareController> {
  const run = nameRun(cut);
  const drive = first.drive(run, 1);
  await drive.putEnvironment();
  host.line.cutAfter(cut.direction, cut.bytes);
  const answered = drive.start();
  const end = await Promise.race([who === 'same' ? answered : drive.missed, answered]);
  host.line.cutAfter(cut.direction, Infinity);
  if (end !== 'missed') {
    expectStarted(end);
    return first;
  }
  drive.leave();
  await expect(answered).rejects.toThrow('detached');
  await first.close();
  const second = host.openController();
  const next = second.drive(run, 2);
  await next.putEnvironment();
  const found = await next.state();
  expectStarted(found.word === 'absent' ? await next.start() : { kind: 'state', state: found });
  return second;
}

const onlyOthersThan = (wanted: number, counts: Record<string, number>) =>
  Object.entries(counts).filter(([, count]) => count !== wanted);

describe('a start', { timeout: 600_000 }, () => {
  it('whose connection breaks in any packet of the question or of the answer starts one job, whoever goes on', async (test) => {
    const bytes = await measure(await openBareHost(test));
    const cuts = (['up', 'down'] as const).flatMap((direction) =>
      Array.from({ length: Math.ceil((bytes[direction] + mayDiffer) / stride) }, (_, count): Cut => ({
        direction,
        bytes: count * stride,
      })),
    );
    const unbroken: Cut[] = [];
    const work = async () => {
      const host = await openBareHost(test);
      const runs: string[] = [];
      let controller = host.openController();
      for (let cut = cuts.shift(); cut !== undefined; cut = cuts.shift()) {
        runs.push(nameRun(cut));
        const before = host.line.cuts;
        // Of two neighbours, one each.
        controller = await startOver(host, controller, cut, cut.bytes % 2 === 0 ? 'same' : 'new');
        if (host.line.cuts === before) unbroken.push(cut);
      }
      await controller.close();
      expect(onlyOthersThan(1, await host.countStarts(runs))).toEqual([]);
    };
    await Promise.all(Array.from({ length: lanes }, work));
    expect(unbroken.filter((cut) => cut.bytes < bytes[cut.direction] - mayDiffer)).toEqual([]);
  });

  it('that the host hangs up on, whenever it does, starts one job all the same', async (test) => {
    const moments = Array.from({ length: 120 }, (_, index) => index);
    const work = async () => {
      const host = await openBareHost(test);
      host.server.hangUp(true);
      const runs: string[] = [];
      const controller = host.openController();
      for (let moment = moments.shift(); moment !== undefined; moment = moments.shift()) {
        const run = `moment-${moment}`;
        runs.push(run);
        const drive = controller.drive(run, 1);
        await drive.putEnvironment();
        const answered = drive.start();
        await new Promise((resolve) => setTimeout(resolve, moment / 2));
        host.line.reset();
        expectStarted(await answered);
      }
      await controller.close();
      expect(onlyOthersThan(1, await host.countStarts(runs))).toEqual([]);
    };
    await Promise.all(Array.from({ length: lanes }, work));
  });
});
