import { joinAnswers } from './join-answers.ts';
import { diskSection, type FactsQuestion } from './facts-script.ts';
import type { Facts } from './facts.ts';
import { readDisk } from './parse-disk.ts';
import { readMachine } from './parse-machine.ts';
import { readNvidia } from './nvidia.ts';
import { explainSilence, parseSections, readPairs, type SectionAnswer } from './sections.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;
type Question = Pick<FactsQuestion, 'diskPaths' | 'endpoints'>;

/** What the answer to `factsScript` says; `question` is the one that was asked. */
export function parseFacts(output: string, { diskPaths, endpoints }: Question): Facts {
  const sections = parseSections(output);
  const problems: string[] = [];
  const disks = diskPaths.map((path, index) => {
    const answer = sections.get(diskSection(index));
    const disk = readDisk(path, answer);
    if (disk.freeBytes === null) problems.push(`disk at "${path}": ${explainSilence(answer)}`);
    return disk;
  });
  const accelerators = joinAnswers([readNvidia(sections)]);
  if (accelerators.kind === 'failed') problems.push(`accelerators: ${accelerators.message}`);
  return {
    accelerators,
    ...readMachine(sections.get('machine'), sections.get('clock')),
    diskFreeBytes: disks[0]?.freeBytes ?? null,
    disks,
    python: readPython(sections, problems),
    tools: readTools(sections, problems),
    git: /^git version (\d\S*)/m.exec(sections.get('git')?.text ?? '')?.[1] ?? null,
    endpoints: readEndpoints(endpoints, sections.get('network')),
    problems,
  };
}

function readPython(sections: Sections, problems: string[]): string | null {
  const answer = sections.get('python');
  const version = /^(\d+\.\d+\S*)$/m.exec(answer?.text ?? '')?.[1] ?? null;
  if (version === null) problems.push(`python3: ${explainSilence(answer)}`);
  return version;
}

function readTools(sections: Sections, problems: string[]): Record<string, string | null> {
  const found = readPairs(sections.get('tools'));
  if (found.size === 0) problems.push(`tools: ${explainSilence(sections.get('tools'))}`);
  return Object.fromEntries([...found].map(([name, path]) => [name, path === '' ? null : path] as const));
}

/** One that gave no answer while the time lasted is not reached; only where nothing could be asked it is unknown. */
function readEndpoints(endpoints: readonly string[], answer: SectionAnswer | undefined): Record<string, boolean | null> {
  const found = new Map<number, string>();
  for (const [, number = '', word = ''] of (answer?.text ?? '').matchAll(/^reach (\d{1,4}) (yes|no|no-tool)$/gm)) {
    found.set(Number(number), word);
  }
  const judge = (word: string | undefined) => (word === 'yes' ? true : word === 'no-tool' || answer === undefined ? null : false);
  return Object.fromEntries(endpoints.map((endpoint, index) => [endpoint, judge(found.get(index))] as const));
}
