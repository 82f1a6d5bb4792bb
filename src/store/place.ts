import { statSync } from 'node:fs';
import { goneDatabase } from './failures.ts';

/** To be made right after opening. Throws when another file, or none, is where that one was: what is written then is seen by nobody. */
export function watchPlace(file: string): () => void {
  const identify = () => {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? 'none' : `${found.dev}:${found.ino}`;
  };
  const opened = identify();
  return () => {
    if (identify() !== opened) throw goneDatabase(file);
  };
}
