import { inject } from 'vitest';

/** The program as built for this test run: bin, dist, and the shipped inventories and playbooks. Not to be changed. */
export function findProgramRoot(): string {
  const build = inject('programBuild');
  if ('trouble' in build) throw new Error(build.trouble);
  return build.root;
}
