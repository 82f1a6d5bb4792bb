import type { QueueParts } from '../../../src/queue/parts.ts';

/** A place in a look at the queue. What is written and has not landed is lost with the process. */
export type Place =
  | 'the end of a run is seen'
  | 'an entry is planned'
  | 'a start is written'
  | 'a start has landed'
  | 'a change is to be written'
  | 'a change has landed'
  | 'the look is over, and not told';

/** The place at which the process is ended, or stopped until somebody lets it go on. */
export interface Blow {
  place: Place;
  signal: 'SIGKILL' | 'SIGSTOP';
}

/** Parts with which the process gets its signal when a look comes to that place, once. `next` null: none. */
export function strikeAt(parts: QueueParts, next: () => Blow | null): QueueParts {
  const { store } = parts;
  let struck: Blow | null = null;
  const written = new Set<'a start' | 'a change'>();
  const reach = (place: Place) => {
    const blow = next();
    if (blow === null || blow === struck || blow.place !== place) return;
    struck = blow;
    process.kill(process.pid, blow.signal);
  };
  return {
    ...parts,
    planEntry: async (entry, asked) => {
      const plan = await parts.planEntry(entry, asked);
      reach('an entry is planned');
      return plan;
    },
    store: {
      ...store,
      changeEntry: (...words) => {
        reach('a change is to be written');
        const hasLanded = store.changeEntry(...words);
        written.add('a change');
        return hasLanded;
      },
      readRun: (id) => {
        const run = store.readRun(id);
        if (run !== null && run.outcome !== null) reach('the end of a run is seen');
        return run;
      },
      startEntry: (...words) => {
        const hasLanded = store.startEntry(...words);
        written.add('a start');
        reach('a start is written');
        return hasLanded;
      },
      together: (work) => {
        written.clear();
        const answer = store.together(work);
        for (const what of written) reach(`${what} has landed`);
        return answer;
      },
      renewQueue: (...words) => {
        reach('the look is over, and not told');
        return store.renewQueue(...words);
      },
    },
  };
}
