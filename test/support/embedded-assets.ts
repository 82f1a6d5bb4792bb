import { join } from 'node:path';
import { findProgramRoot } from './program-root.ts';

/** What the build makes for the embedded hosts: the bundles of the pretend programs, and the workspace. Not to be changed. */
export function findEmbeddedAssets(): string {
  return join(findProgramRoot(), 'dist');
}
