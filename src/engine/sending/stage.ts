import type { Drive } from '../drive.ts';

/** Beside the place of a file: what is not whole yet. A run has one of its own, and so has each worker, since machines may share a folder. */
export function stageOf({ actor, target }: Drive): string {
  return `.fleet-sending.${actor.run}.w${target.index}`;
}

export function stagedName(name: string, stage: string): string {
  const slash = name.lastIndexOf('/') + 1;
  return `${name.slice(0, slash)}${stage}/${name.slice(slash)}`;
}

/** Of whatever run. */
export function isStaged(name: string): boolean {
  return /(?:^|\/)\.fleet-sending\.[^/]+\//.test(name);
}
