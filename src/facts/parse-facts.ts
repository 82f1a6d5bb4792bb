import { diskSection } from './facts-script.ts';
import type { Disk, Facts } from './facts.ts';
import { readNvidia } from './nvidia.ts';
import { parseSections, type SectionAnswer } from './sections.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

/** What the answer to `factsScript` says. `diskPaths` are those that the question named, in the same order. */
export function parseFacts(output: string, diskPaths: readonly string[]): Facts {
  const sections = parseSections(output);
  const problems: string[] = [];
  const machine = readPairs(sections.get('machine'));
  const found = readPairs(sections.get('tools'));
  const disks = diskPaths.map((path, index) => readDisk(path, sections.get(diskSection(index)), problems));
  const accelerators = readNvidia(sections);
  if (accelerators.kind === 'failed') problems.push(`accelerators: ${accelerators.message}`);
  return {
    accelerators,
    hostname: readKnown(machine.get('hostname')),
    bootId: readKnown(machine.get('boot')),
    os: readKnown(machine.get('os')?.replace(/^(["'])(.*)\1$/, '$2')),
    kernel: readKnown(machine.get('kernel')),
    architecture: readKnown(machine.get('architecture')),
    cpuCount: readCount(machine.get('cpus')),
    memoryBytes: readKibibytes(machine.get('memory')),
    memoryAvailableBytes: readKibibytes(machine.get('available')),
    diskFreeBytes: disks[0]?.freeBytes ?? null,
    disks,
    python: readPython(sections, problems),
    tools: Object.fromEntries(readTools(sections, found, problems)),
    problems,
  };
}

function readPython(sections: Sections, problems: string[]): string | null {
  const answer = sections.get('python');
  const version = /^(\d+\.\d+\S*)$/m.exec(answer?.text ?? '')?.[1] ?? null;
  if (version === null) problems.push(`python3: ${explainSilence(answer)}`);
  return version;
}

function readTools(sections: Sections, found: ReadonlyMap<string, string>, problems: string[]): [string, string | null][] {
  if (found.size === 0) problems.push(`tools: ${explainSilence(sections.get('tools'))}`);
  return [...found].map(([name, path]) => [name, path === '' ? null : path]);
}

/** The last line of `df -P -k`, read from its right end: the name of the file system may hold blanks. */
function readDisk(path: string, answer: SectionAnswer | undefined, problems: string[]): Disk {
  const match = /\s(\d+)\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+\/.*$/m.exec(answer?.text ?? '');
  if (match === null) {
    problems.push(`disk at "${path}": ${explainSilence(answer)}`);
    return { path, freeBytes: null, totalBytes: null };
  }
  return { path, freeBytes: Math.max(0, Number(match[2])) * 1024, totalBytes: Number(match[1]) * 1024 };
}

function explainSilence(answer: SectionAnswer | undefined): string {
  if (answer === undefined) return 'no answer';
  if (answer.timedOut) return 'did not answer in time and was killed';
  const [line = ''] = answer.text.trim().split('\n').slice(-1);
  return line === '' ? `nothing said, exit status ${answer.exitCode}` : `${line.slice(0, 200)} (exit status ${answer.exitCode})`;
}

function readPairs(answer: SectionAnswer | undefined): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const line of answer?.text.split('\n') ?? []) {
    const [, key, value] = /^([a-z0-9-]+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) pairs.set(key, value.trim());
  }
  return pairs;
}

function readCount(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : null;
}

function readKibibytes(text: string | undefined): number | null {
  const match = /^(\d+) kB$/.exec(text ?? '');
  return match === null ? null : Number(match[1]) * 1024;
}

function readKnown(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
