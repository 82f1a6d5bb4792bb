import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { messageOf } from '../../src/errors.ts';

export type ProgramBuild = { root: string } | { trouble: string };

declare module 'vitest' {
  interface ProvidedContext {
    programBuild: ProgramBuild;
  }
}

const script = join(import.meta.dirname, '../../build.js');
const timeLimitMs = 60_000;

/** One build of the program for all tests of a run, in a temporary folder, away from what a person has built. A build that fails fails the tests that need it. */
export default async function buildProgram(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-program-'));
  const root = join(folder, 'program');
  const build = await promisify(execFile)(process.execPath, [script, root], { timeout: timeLimitMs }).then(
    () => ({ root }),
    (error: unknown) => ({ trouble: messageOf(error) }),
  );
  project.provide('programBuild', build);
  return () => rm(folder, { recursive: true, force: true });
}
