import { join } from 'node:path';
import { inject } from 'vitest';

/** What the build makes for the embedded hosts: the bundles of the pretend programs, and the workspace. Not to be changed. */
export function findEmbeddedAssets(): string {
  return join(inject('programRoot'), 'dist');
}
