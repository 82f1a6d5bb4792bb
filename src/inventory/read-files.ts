import type { z } from 'zod';
import { checkSchema } from '../language/check-schema.ts';
import type { Problem } from '../problem.ts';
import { readYamlFile, type YamlDocument, type YamlPath } from '../yaml.ts';
import { groupFormat, hostFormat, inventoryFormat, type GroupEntry, type HostEntry } from './format.ts';

/** One key of `hosts` or `groups`, and where it stands. `entry` is null when it has problems that were told already. */
export interface Described<Entry> {
  key: string;
  entry: Entry | null;
  document: YamlDocument;
  path: YamlPath;
}

export interface Descriptions {
  hosts: Described<HostEntry>[];
  groups: Described<GroupEntry>[];
  problems: Problem[];
  /** Whether every file could be read. */
  complete: boolean;
}

/** What the files describe, in their order, each entry held to the format on its own so that one mistake hides no other. */
export function readFiles(files: readonly string[]): Descriptions {
  const all: Descriptions = { hosts: [], groups: [], problems: [], complete: true };
  for (const file of files) {
    const { document, problems } = readYamlFile(file);
    all.problems.push(...problems);
    if (document === null) {
      all.complete = false;
      continue;
    }
    all.problems.push(...checkSchema(inventoryFormat, document).problems);
    all.hosts.push(...describeEntries(document, 'hosts', hostFormat));
    all.groups.push(...describeEntries(document, 'groups', groupFormat));
  }
  return all;
}

function describeEntries<Entry>(document: YamlDocument, section: string, format: z.ZodType<Entry>): Described<Entry>[] {
  return Object.entries(mapping(mapping(document.value)[section])).map(([key, value]) => {
    const result = format.safeParse(value);
    return { key, entry: result.success ? result.data : null, document, path: [section, key] };
  });
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
