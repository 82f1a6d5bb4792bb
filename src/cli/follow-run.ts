import { momentOf, type Clock, type Moment } from '../clock.ts';
import { isResult } from '../lifecycle/states.ts';
import { readRunDocument, type RunDocument } from '../store/run-document.ts';
import type { EventRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

const pollMs = 500;
const eventsAtOnce = 500;

export interface RunNews {
  run: RunDocument;
  /** What happened since the last news. */
  events: EventRecord[];
}

/** What changes of a run, beginning with how it stands, until it has ended or `signal` aborts. `afterId` leaves out older events. */
export async function* followRun(
  store: Store,
  id: string,
  options: { clock: Clock; signal: AbortSignal; afterId: number },
): AsyncGenerator<RunNews> {
  let afterId = options.afterId;
  let shown = '';
  while (!options.signal.aborted) {
    const news = store.snapshot(() => readNews(store, id, afterId, momentOf(options.clock)));
    if (news === null) return;
    const text = JSON.stringify(news.run);
    if (news.events.length > 0 || text !== shown) yield news;
    shown = text;
    afterId = news.events.at(-1)?.id ?? afterId;
    if (news.events.length === eventsAtOnce) continue;
    if (isResult(news.run.state)) return;
    await options.clock.wait(pollMs, options.signal);
  }
}

/** The last events of a run, oldest first. */
export function readLastEvents(store: Store, run: string, count: number): EventRecord[] {
  let last: EventRecord[] = [];
  for (;;) {
    const page = store.readEvents(run, last.at(-1)?.id ?? 0, eventsAtOnce);
    last = [...last, ...page].slice(-Math.max(count, 1));
    if (page.length < eventsAtOnce) return last.slice(-count);
  }
}

function readNews(store: Store, id: string, afterId: number, moment: Moment): RunNews | null {
  const run = store.readRun(id);
  return run === null ? null : { run: readRunDocument(store, run, moment), events: store.readEvents(id, afterId, eventsAtOnce) };
}
