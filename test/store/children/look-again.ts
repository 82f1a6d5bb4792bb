import { setImmediate } from 'node:timers/promises';
import { momentOf, systemClock } from '../../../src/clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { readRunDocument } from '../../../src/store/run-document.ts';
import { argument, tell } from './tell.ts';

/** As \`fleet status\` does, again and again until the parent says so: all runs, each with what was stored of it at one moment. */
let asked = false;
process.stdin.once('data', () => {
  asked = true;
});
let looks = 0;
tell('ready');
while (!asked) {
  const store = openStore(argument(0));
  store.snapshot(() => {
    for (const run of store.listRuns(null)) {
      readRunDocument(store, run, momentOf(systemClock));
      const told = store.readEvents(run.id, 0, 10_000).filter(({ kind }) => kind === 'look').length;
      const offset = store.readOffsets(run.id)[0]?.offset ?? 0;
      if (offset !== told * 100) throw new Error(`${run.id}: read to ${offset}, after ${told} looks`);
    }
  });
  store.close();
  looks += 1;
  await setImmediate();
}
tell(looks);
process.stdin.destroy();
