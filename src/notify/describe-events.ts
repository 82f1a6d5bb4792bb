import { results, type Outcome, type Verdict } from '../lifecycle/states.ts';
import { formatDuration } from '../language/units.ts';
import { formatLocal } from './local-time.ts';
import type { Message, MessageKind } from './message.ts';

/** What happened to a run, as it was stored. */
export interface RunEvent {
  id: number;
  at: number;
  kind: string;
  text: string;
  detail: unknown;
}

/** What a message says of a run besides. */
export interface ToldRun {
  id: string;
  kind: 'launch' | 'validate';
  playbook: string;
  point: string | null;
  host: string | null;
  attempt: number;
  verdict: Verdict | null;
  outcome: Outcome | null;
  message: string | null;
  createdAt: number;
  startedAt: number | null;
  perHour: number | null;
  currency: string | null;
}

/**
 * - `now`: to be sent at once.
 * - `unless-over`: to be sent after a while, unless it is over by then.
 * - `over`: of a host out of reach, which goes to whoever was told of that. What was not sent yet is withdrawn.
 */
export interface Telling {
  event: number;
  when: 'now' | 'unless-over' | 'over';
  message: Message;
}

/** The messages of what has happened to a run, in its order. A preflight is watched by whoever asked for it: it has none. */
export function describeEvents(events: readonly RunEvent[], run: ToldRun, timeZone: string): Telling[] {
  if (run.kind === 'validate') return [];
  return events.flatMap((event) => {
    const news = judge(event, run);
    if (news === null) return [];
    return [{ event: event.id, when: whenToTell(news.kind), message: write(event, run, news, timeZone) }];
  });
}

function whenToTell(kind: MessageKind): Telling['when'] {
  if (kind === 'unreachable') return 'unless-over';
  return kind === 'reachable' ? 'over' : 'now';
}

interface News {
  kind: MessageKind;
  urgent?: boolean;
  /** What the title says of the run. */
  word: string;
  /** What has happened, when the text of the event is not enough. */
  what?: string[];
  /** What to type. */
  next: string;
}

function judge(event: RunEvent, run: ToldRun): News | null {
  const watch = `fleet watch ${run.id} follows it; fleet halt ${run.id} stops it`;
  const look = `fleet status ${run.id} shows all of it; fleet halt ${run.id} stops it`;
  switch (event.kind) {
    case 'state':
      return judgeState(event, run, { watch, look });
    case 'health':
      return judgeHealth(event, look);
    case 'stall':
      return { kind: 'stalled', urgent: true, word: 'stalled', next: look };
    case 'unreachable':
      return { kind: 'unreachable', urgent: true, word: 'its host is out of reach', next: `${unknown}; fleet status ${run.id}` };
    case 'unknown':
      return { kind: 'unreachable', urgent: true, word: 'another machine answers', next: `${unknown}; fleet status ${run.id}` };
    case 'reachable':
      return { kind: 'reachable', word: 'its host answers again', next: watch };
    case 'notify':
      return { kind: 'notify', urgent: true, word: 'its playbook asks you to look', next: look };
    case 'duty':
      return detailOf(event)['duty'] === 'due'
        ? { kind: 'waiting', word: 'something is to be seen to', next: `fleet duty ${run.id} shows how to settle it` }
        : null;
    default:
      return null;
  }
}

const unknown = 'nothing is known to have failed, and the job is not touched';

function judgeState(event: RunEvent, run: ToldRun, say: { watch: string; look: string }): News | null {
  const { from, to, verdict } = detailOf(event);
  if (results.some((result) => result === to)) return judgeEnd(run);
  if (to === 'blocked') {
    const what = run.message === null ? [] : run.message.split('\n');
    return { kind: 'waiting', urgent: true, word: 'blocked: it waits for you', what, next: `fleet status ${run.id}` };
  }
  if (to === 'lingering') return { kind: 'waiting', word: 'its work is done, and it does not exit', next: say.look };
  if (to === 'restarting') return { kind: 'restarting', word: `attempt ${run.attempt} follows`, next: say.watch };
  if (to === 'launching' && typeof verdict === 'string') return { kind: 'go', word: verdict, next: say.watch };
  if (to === 'running' && from === 'launching') return { kind: 'started', word: 'started', next: say.watch };
  return null;
}

function judgeEnd({ id, outcome, verdict, message, startedAt }: ToldRun): News {
  const result = outcome?.result ?? 'over';
  const reason = outcome?.reason ?? null;
  const what = message === null ? [] : message.split('\n');
  if (verdict === 'NO-GO' && startedAt === null) {
    return {
      kind: 'no-go',
      urgent: true,
      word: 'NO-GO, nothing was started',
      what,
      next: `fleet status ${id} shows every check`,
    };
  }
  const word = `${result}${reason === null ? '' : ` (${reason})`}${outcome?.degraded === true ? ', degraded' : ''}`;
  const urgent = result === 'failed' || result === 'lost';
  return { kind: 'finished', urgent, word, what, next: `fleet report ${id} shows expected beside actual` };
}

function judgeHealth(event: RunEvent, look: string): News | null {
  const { health } = detailOf(event);
  if (health === 'red') return { kind: 'red', urgent: true, word: 'red', next: look };
  return health === 'yellow' ? { kind: 'yellow', word: 'yellow', next: look } : null;
}

function write(event: RunEvent, run: ToldRun, news: News, timeZone: string): Message {
  const { id, playbook, host } = run;
  const { kind, urgent = false, word, what = [], next } = news;
  return {
    kind,
    urgent,
    title: `${nameRun(run)}: ${word}`,
    lines: [event.text, ...what, `${formatLocal(event.at, timeZone)}${describeAge(event.at, run, kind)}`, next],
    at: new Date(event.at).toISOString(),
    run: { id, playbook, host },
  };
}

/** `trm-sweep/e1_1_baseline on tpu1`: what a sweep runs is told apart. */
export function nameRun({ playbook, point, host }: Pick<ToldRun, 'playbook' | 'point' | 'host'>): string {
  return `${playbook}${point === null ? '' : `/${point}`}${host === null ? '' : ` on ${host}`}`;
}

/** `; run 4f2a, 3h12m after its start, 8.32 USD so far`. */
function describeAge(at: number, { id, startedAt, perHour, currency, attempt }: ToldRun, kind: MessageKind): string {
  const named = `; run ${id}${attempt > 1 ? `, attempt ${attempt}` : ''}`;
  if (startedAt === null || at < startedAt) return named;
  const hours = (at - startedAt) / 3_600_000;
  const until = kind === 'finished' ? 'in all' : 'so far';
  const cost = perHour === null || currency === null ? '' : `, ${(hours * perHour).toFixed(2)} ${currency} ${until}`;
  return `${named}, ${formatDuration(Math.round(hours * 3600))} after its start${cost}`;
}

function detailOf({ detail }: RunEvent): Record<string, unknown> {
  return typeof detail === 'object' && detail !== null ? { ...detail } : {};
}
