import { formatLocal } from './local-time.ts';
import type { Message } from './message.ts';

/** An entry of the queue was held because something is wrong, or has failed without a run that tells it. */
export interface EntryNews {
  id: number;
  at: number;
  entry: string;
  name: string;
  state: 'held' | 'failed';
  reason: string;
}

const mostNames = 5;

/** One message for all that were held, and one for all that failed: what stops a sweep is one piece of news. `event` is the first it tells of. */
export function describeEntries(news: readonly EntryNews[], timeZone: string): { event: number; message: Message }[] {
  return (['held', 'failed'] as const).flatMap((state) => {
    const [first, ...others] = news.filter((event) => event.state === state);
    if (first === undefined) return [];
    const title = others.length === 0 ? `queue: ${first.name}` : `queue: ${others.length + 1} entries`;
    const lines = others.length === 0 ? [first.reason] : describeReasons([first, ...others]);
    const message: Message = {
      kind: state === 'held' ? 'waiting' : 'finished',
      urgent: true,
      title: `${title} ${state}`,
      lines: [...lines, formatLocal(first.at, timeZone), describeNext(first, others.length > 0)],
      at: new Date(first.at).toISOString(),
      run: null,
    };
    return [{ event: first.id, message }];
  });
}

/** A line for each reason, with those that have it. */
export function describeReasons(news: readonly Pick<EntryNews, 'name' | 'reason'>[]): string[] {
  const reasons = [...new Set(news.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const names = news.filter((one) => one.reason === reason).map(({ name }) => name);
    const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
    return `${names.slice(0, mostNames).join(', ')}${more}: ${reason}`;
  });
}

function describeNext({ entry, state }: EntryNews, several: boolean): string {
  const verb = state === 'held' ? 'release' : 'retry';
  const all = state === 'held' ? '' : ' --all';
  return several
    ? `fleet queue list${all} shows them; fleet queue ${verb} lets them wait for their turn again`
    : `fleet queue explain ${entry} shows how it stands; fleet queue ${verb} ${entry} lets it wait for its turn again`;
}
