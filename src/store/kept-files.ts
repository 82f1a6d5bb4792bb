import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asked } from './state-folder.ts';

/** Writes a file of a run beside the store, readable by its owner alone, in one rename. Returns where it lies; one of that name is replaced. */
export function keepFile(stateDir: string, run: string, folder: string, name: string, bytes: Buffer): string {
  return asked(stateDir, () => {
    const directory = join(stateDir, 'runs', run, folder);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // A name comes from a host: it stays in the folder, and is none that the system treats in a way of its own.
    const file = join(directory, name.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_') || '_');
    const written = `${file}.${process.pid}.tmp`;
    writeFileSync(written, bytes, { mode: 0o600 });
    renameSync(written, file);
    return file;
  });
}
