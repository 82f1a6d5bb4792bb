import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program as built for this test run: bin, dist, and the shipped inventories and playbooks. */
    programRoot: string;
  }
}

const script = join(import.meta.dirname, '../../build.js');
const timeLimitMs = 60_000;

/** One build of the program for all tests of a run, in a temporary folder, away from what a person has built. */
export default async function buildProgram(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-program-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const root = join(folder, 'program');
  try {
    await promisify(execFile)(process.execPath, [script, root], { timeout: timeLimitMs });
  } catch (error) {
    await remove();
    throw error;
  }
  project.provide('programRoot', root);
  return remove;
}
