import { resolve } from 'node:path';
import { inventoryPaths } from '../../inventory/sources.ts';
import type { Context } from '../context.ts';
import { localDate } from '../plan-runs.ts';
import type { AddWords } from './add-flags.ts';

/** What an entry keeps of the words that it was added by, for the launch to come. Paths are absolute: the launch is made elsewhere. */
export interface Asked {
  file: string;
  inventories: string[];
  /** The day on which it was added: a later run of it finds what an earlier one has left. */
  today: string;
  /** As a sweep calls it. */
  runName: string | null;
  profile: string | null;
  answer: string[];
  waive: string[];
  yes: boolean;
  observe: boolean;
}

/** As the store keeps it. */
export function parseAsked(text: string): Asked {
  return JSON.parse(text) as Asked;
}

/** From the folder in which the words were said. */
export function readAsked(
  context: Context,
  words: AddWords,
  { file, folder }: { file: string; folder: string },
): Omit<Asked, 'runName'> {
  return {
    file,
    today: localDate(context.clock.now()),
    inventories: inventoryPaths(words.inventory ?? [], context.environment).map((path) => resolve(folder, path)),
    profile: words.profile ?? null,
    answer: words.answer ?? [],
    waive: words.waive ?? [],
    yes: words.yes,
    observe: words.observe,
  };
}
