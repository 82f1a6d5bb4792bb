import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openBuiltFleet, type Answered, type BuiltFleet } from './built-fleet.ts';
import { seedStore, type Seed } from './seeded-store.ts';

export interface Workplace extends Seed {
  /** Removed after the test, with everything in it. */
  folder: string;
  stateDir: string;
  bin: string;
  /** Runs a command line over this workplace's store. */
  run: (...args: string[]) => Promise<Answered>;
  /** The same with more environment. */
  runWith: (env: Record<string, string>, ...args: string[]) => Promise<Answered>;
  writeFiles: (files: Record<string, string>) => Promise<void>;
}

/** The built program, and a store and folder of its own for each of them. */
export function useBuiltFleet(): {
  inWorkplace: (test: (workplace: Workplace) => Promise<void>) => () => Promise<void>;
} {
  let fleet: BuiltFleet;
  beforeAll(async () => {
    fleet = await openBuiltFleet();
  });
  afterAll(() => fleet.remove());
  return {
    inWorkplace: (test) => async () => {
      const folder = await mkdtemp(join(tmpdir(), 'fleet-workplace-'));
      const stateDir = join(folder, 'fleet');
      const seed = seedStore(stateDir);
      try {
        await test({
          ...seed,
          folder,
          stateDir,
          bin: fleet.bin,
          run: (...args) => fleet.run(args, { env: { FLEET_STATE_DIR: stateDir } }),
          runWith: (env, ...args) => fleet.run(args, { env: { FLEET_STATE_DIR: stateDir, ...env } }),
          writeFiles: (files) => writeFiles(folder, files),
        });
      } finally {
        seed.store.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}
