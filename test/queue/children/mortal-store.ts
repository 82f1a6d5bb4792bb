import type { Store } from '../../../src/store/store.ts';

/** The write of the store that this process does not survive. */
export interface Death {
  write: 'together' | 'changeEntry' | 'renewQueue';
  moment: 'before it lands' | 'when it has landed';
}

/** A store at whose next such write the process ends by KILL. `next` null: it lives. */
export function makeMortal(store: Store, next: () => Death | null): Store {
  const dieAt = (write: Death['write'], moment: Death['moment']) => {
    const death = next();
    if (death?.write === write && death.moment === moment) process.kill(process.pid, 'SIGKILL');
  };
  const around = <T>(write: Death['write'], work: () => T): T => {
    dieAt(write, 'before it lands');
    const answer = work();
    dieAt(write, 'when it has landed');
    return answer;
  };
  return {
    ...store,
    changeEntry: (...words) => around('changeEntry', () => store.changeEntry(...words)),
    renewQueue: (...words) => around('renewQueue', () => store.renewQueue(...words)),
    together: (work) => {
      const answer = store.together(() => {
        const done = work();
        // All of it is written, and nothing is committed.
        dieAt('together', 'before it lands');
        return done;
      });
      dieAt('together', 'when it has landed');
      return answer;
    },
  };
}
