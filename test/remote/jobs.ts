import type { Actor } from '../../src/remote/claims.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import type { StartAnswer, UnitPlace, UnitState, UnitWork } from '../../src/remote/executor.ts';
import { lookForMembers, type Member } from '../../src/remote/members.ts';
import { waitFor, type LocalHost } from '../support/local-host.ts';

/** Who drives the run of the host. */
export function actorOf(host: LocalHost, token = 1): Actor {
  return { run: host.run, token };
}

export const job: UnitPlace = { attempt: 1, worker: 0, unit: 'job' };

export function workOf(script: string, other: Partial<UnitWork> = {}): UnitWork {
  const usual = {
    workdir: '~',
    log: 'job.log',
    timeLimitSeconds: null,
    needsEnvironment: false,
    needsClaim: false,
    sentinel: null,
    prove: null,
    stall: null,
    disk: null,
    sampling: null,
  };
  return { script, ...usual, graceSeconds: 0, then: [{ signal: 'TERM' }, { waitSeconds: 1 }, { signal: 'KILL' }], ...other };
}

export function startJob(host: LocalHost, work: UnitWork, { run = host.run, token = 1, place = job } = {}): Promise<StartAnswer> {
  return host.call(detachedExecutor.start({ run, token }, place, work));
}

/** Starts a job that must come up, and returns its state. */
export async function runJob(host: LocalHost, script: string, other: Partial<UnitWork> = {}): Promise<UnitState> {
  const answer = await startJob(host, workOf(script, other));
  if (answer.kind !== 'state') throw new Error(`the job was not started: ${answer.kind}`);
  return answer.state;
}

export function stateOf(host: LocalHost, place = job, run = host.run): Promise<UnitState> {
  return host.call(detachedExecutor.state(run, place));
}

export function waitForWord(host: LocalHost, word: UnitState['word'], place = job): Promise<UnitState> {
  return waitFor(`the state ${word}`, async () => {
    const state = await stateOf(host, place);
    return state.word === word ? state : null;
  });
}

export function membersOf(host: LocalHost, run = host.run): Promise<Member[]> {
  return host.call(lookForMembers(run));
}

export function requestHalt(
  host: LocalHost,
  wish: { graceSeconds?: number | null; force?: boolean; token?: number } = {},
): Promise<string[]> {
  const { graceSeconds = null, force = false, token = 1 } = wish;
  return host.call(detachedExecutor.requestHalt({ run: host.run, token }, { graceSeconds, force, reason: 'a test asks' }));
}

/** Waits until a halt is proved. */
export function waitForGone(host: LocalHost, place = job): Promise<UnitState> {
  return waitFor('the halt is proved', async () => {
    const state = await stateOf(host, place);
    return state.haltMoves.at(-1)?.endsWith(' gone') === true ? state : null;
  });
}

/** The moves without their times. */
export function wordsOf(state: UnitState): string[] {
  return state.haltMoves.map((move) => move.replace(/^\d+ /, ''));
}

export function unitFolder(host: LocalHost, place = job, run = host.run): string {
  return `${host.folder}/runs/${run}/a${place.attempt}/w${place.worker}/${place.unit}`;
}
