import type { Disk, Facts, Limits } from './facts.ts';
import { compareClocks, type AskedAt } from './machine/clock.ts';
import { readNetwork } from './machine/network.ts';
import { diskSection } from './machine/script.ts';
import { readDecimal, readWhole } from './numbers.ts';
import { readAccelerators } from './read-accelerators.ts';
import { explainSilence, parseSections, type SectionAnswer } from './sections.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

/** What a question named, in its order, and when it was asked. */
export interface Asked {
  diskPaths: readonly string[];
  endpoints: readonly string[];
  at: AskedAt | null;
}

/** What the answer to `factsScript` says. */
export function parseFacts(output: string, { diskPaths, endpoints, at }: Asked): Facts {
  const sections = parseSections(output);
  const problems: string[] = [];
  const machine = readPairs(sections.get('machine'));
  const disks = diskPaths.map((path, index) => readDisk(path, sections.get(diskSection(index)), problems));
  const { answer: accelerators, slice } = readAccelerators(sections);
  if (accelerators.kind === 'failed') problems.push(`accelerators: ${accelerators.message}`);
  if (machine.size === 0) problems.push(`machine: ${explainSilence(sections.get('machine'))}`);
  return {
    accelerators,
    tpu: slice,
    hostname: readKnown(machine.get('hostname')),
    bootId: readKnown(machine.get('boot')),
    uptimeSeconds: readDecimal(machine.get('uptime')),
    clock: compareClocks(textOf(sections, 'clock-begin'), textOf(sections, 'clock-end'), at),
    os: readKnown(machine.get('os')?.replace(/^(["'])(.*)\1$/, '$2')),
    kernel: readKnown(machine.get('kernel')),
    architecture: readKnown(machine.get('architecture')),
    cpuModel: readKnown(machine.get('cpu')),
    cpuCount: readCount(machine.get('cpus')),
    memoryBytes: readKibibytes(machine.get('memory')),
    memoryAvailableBytes: readKibibytes(machine.get('available')),
    diskFreeBytes: disks[0]?.freeBytes ?? null,
    disks,
    limits: readLimits(machine),
    python: readPython(sections, problems),
    git: /^git version (\d+\S*)/m.exec(textOf(sections, 'git'))?.[1] ?? null,
    tools: readTools(sections, problems),
    network: readNetwork(sections.get('network'), endpoints),
    problems,
  };
}

function readPython(sections: Sections, problems: string[]): string | null {
  const version = /^(\d+\.\d+\S*)$/m.exec(textOf(sections, 'python'))?.[1] ?? null;
  if (version === null) problems.push(`python3: ${explainSilence(sections.get('python'))}`);
  return version;
}

function readTools(sections: Sections, problems: string[]): Facts['tools'] {
  const found = readPairs(sections.get('tools'));
  if (found.size === 0) problems.push(`tools: ${explainSilence(sections.get('tools'))}`);
  return Object.fromEntries([...found].map(([name, path]) => [name, readKnown(path)]));
}

const dfRow = /\s(\d+)\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+\/.*$/;

/** The last line of each `df`, read from its right end: the name of the file system may hold blanks. */
function readDisk(path: string, answer: SectionAnswer | undefined, problems: string[]): Disk {
  const lines = (answer?.text ?? '').split('\n');
  const find = (isWanted: (line: string) => boolean) =>
    lines
      .filter(isWanted)
      .map((line) => dfRow.exec(line))
      .find((match) => match !== null) ?? null;
  const space = find((line) => !line.startsWith('inodes '));
  const inodes = find((line) => line.startsWith('inodes '));
  if (space === null) problems.push(`disk at "${path}": ${explainSilence(answer)}`);
  const hasInodes = inodes !== null && inodes[1] !== '0';
  return {
    path,
    freeBytes: space === null ? null : readFree(space[2], 1024),
    totalBytes: space === null ? null : readDecimal(space[1], 1024),
    freeInodes: hasInodes ? readFree(inodes[2]) : null,
    totalInodes: hasInodes ? readDecimal(inodes[1]) : null,
  };
}

/** A disk that is fuller than full has nothing left. */
function readFree(text: string | undefined, factor?: number): number | null {
  return text?.startsWith('-') === true ? 0 : readDecimal(text, factor);
}

function readLimits(machine: ReadonlyMap<string, string>): Limits {
  const limit = (name: string) => {
    const text = machine.get(`limit-${name}`);
    return text === 'unlimited' ? text : readWhole(text);
  };
  return { openFiles: limit('files'), lockedMemoryBytes: limit('locked'), processes: limit('processes') };
}

function readPairs(answer: SectionAnswer | undefined): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const line of answer?.text.split('\n') ?? []) {
    const [, key, value] = /^([A-Za-z0-9][A-Za-z0-9._+-]*)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) pairs.set(key, value.trim());
  }
  return pairs;
}

function textOf(sections: Sections, name: string): string {
  return sections.get(name)?.text ?? '';
}

function readCount(text: string | undefined): number | null {
  const count = readWhole(text);
  return count === 0 ? null : count;
}

function readKibibytes(text: string | undefined): number | null {
  return readDecimal(/^(\d+) kB$/.exec(text ?? '')?.[1], 1024);
}

function readKnown(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
