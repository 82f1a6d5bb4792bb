import { isResult, type RunState } from '../lifecycle/states.ts';
import { formatDuration } from '../language/units.ts';
import { describeReasons, type EntryNews } from './describe-entries.ts';
import { formatLocal, lastTimeOfDay, localDate } from './local-time.ts';
import type { Message } from './message.ts';
import { nameRun, type ToldRun } from './describe-events.ts';

export interface SummedRun extends ToldRun {
  state: RunState;
  health: string;
  reachability: string;
  endedAt: number | null;
}

export interface Night {
  /** Its morning, `2026-11-28`: a morning is told of once. */
  date: string;
  from: number;
  to: number;
}

const mostLines = 40;

/** The night whose morning is the last one at `now`. */
export function findNight(now: number, { at, since }: { at: string; since: string }, timeZone: string): Night {
  const to = lastTimeOfDay(now, at, timeZone);
  return { date: localDate(to, timeZone), from: lastTimeOfDay(to - 1, since, timeZone), to };
}

/** What a night has brought: how each run ended or stands, what stands still in the queue, what it cost, and what waits for a person. */
export function describeNight(
  night: Night,
  runs: readonly SummedRun[],
  stopped: readonly EntryNews[],
  timeZone: string,
): Message {
  const launches = runs.filter(({ kind }) => kind === 'launch');
  const concerned = launches.filter(
    ({ createdAt, endedAt }) => createdAt <= night.to && (endedAt === null || endedAt > night.from),
  );
  const waiting = concerned.filter(needsPerson).map(({ id }) => `fleet status ${id}`);
  if (stopped.length > 0) waiting.push('fleet queue list --all');
  const shown = concerned.slice(0, mostLines).map((run) => describeRun(run, night, timeZone));
  const left = concerned.length - shown.length;
  return {
    kind: 'summary',
    urgent: false,
    title: `the night to ${formatLocal(night.to, timeZone)}: ${count(concerned)}${countStopped(stopped)}`,
    lines: [
      ...shown,
      ...(left > 0 ? [`and ${left} more`] : []),
      ...describeStopped(stopped),
      ...describeCost(concerned, night),
      ...(waiting.length === 0 ? [] : [`waits for you: ${waiting.join('; ')}`]),
      `fleet status --all shows every run; told since ${formatLocal(night.from, timeZone)}`,
    ],
    at: new Date(night.to).toISOString(),
    run: null,
  };
}

/** `3 succeeded, 1 failed, 2 going on`, as things stood when it was written. */
function count(runs: readonly SummedRun[]): string {
  if (runs.length === 0) return 'no run';
  const words = runs.map(({ state }) => (isResult(state) ? state : 'going on'));
  return [...new Set(words)].map((word) => `${words.filter((one) => one === word).length} ${word}`).join(', ');
}

function countStopped(stopped: readonly EntryNews[]): string {
  return stopped.length === 0 ? '' : `; ${stopped.length} in the queue ${stopped.length === 1 ? 'waits' : 'wait'} for you`;
}

function describeStopped(stopped: readonly EntryNews[]): string[] {
  const lines = describeReasons(stopped).map((line) => `queue: ${line}`);
  return lines.length > mostLines ? [...lines.slice(0, mostLines), `and ${lines.length - mostLines} more reasons`] : lines;
}

function describeRun(run: SummedRun, night: Night, timeZone: string): string {
  const { id, state, outcome, startedAt, endedAt, health, reachability } = run;
  const reason = outcome?.reason ?? null;
  const end = endedAt === null ? '' : ` at ${formatLocal(endedAt, timeZone)}`;
  const lasted =
    startedAt === null ? '' : `, after ${formatDuration(Math.max(0, Math.round(((endedAt ?? night.to) - startedAt) / 1000)))}`;
  const how = isResult(state)
    ? ''
    : `${health === 'unknown' ? '' : `, ${health}`}${reachability === 'unreachable' ? ', out of reach' : ''}`;
  return `${nameRun(run)} (${id}): ${state}${reason === null ? '' : ` (${reason})`}${how}${end}${lasted}`;
}

/** Of the night alone, a sum for each currency. */
function describeCost(runs: readonly SummedRun[], { from, to }: Night): string[] {
  const sums = new Map<string, number>();
  for (const { startedAt, endedAt, perHour, currency } of runs) {
    if (startedAt === null || perHour === null || currency === null) continue;
    const hours = Math.max(0, Math.min(endedAt ?? to, to) - Math.max(startedAt, from)) / 3_600_000;
    sums.set(currency, (sums.get(currency) ?? 0) + hours * perHour);
  }
  return sums.size === 0
    ? []
    : [`cost of the night: ${[...sums].map(([currency, sum]) => `${sum.toFixed(2)} ${currency}`).join(', ')}`];
}

function needsPerson({ state, health }: SummedRun): boolean {
  return (
    state === 'blocked' ||
    state === 'failed' ||
    state === 'lost' ||
    state === 'lingering' ||
    (!isResult(state) && health === 'red')
  );
}
