import { failedAnswer, type AcceleratorAnswer, type AcceleratorFailure } from '../accelerators.ts';
import type { SectionAnswer } from '../sections.ts';
import { readJsonAfterText } from './json.ts';
import { parseRocmSmi } from './rocm-smi.ts';
import type { RocmInfo } from './rocminfo.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

interface Trouble {
  reason: AcceleratorFailure;
  message: string;
}

const gravestFirst: readonly AcceleratorFailure[] = ['permission-denied', 'probe-hung', 'driver-failed', 'library-missing'];

/** What kept the tools from their answers, the gravest first. Where rocm-smi or amd-smi lists the cards, how either ended tells nothing. */
export function findTroubles(sections: Sections, rocminfo: RocmInfo, isListed: boolean): Trouble[] {
  const failures = [
    isListed ? null : findFailure('rocm-smi', decidingAnswer(sections), isRocmSmi),
    isListed ? null : findFailure('amd-smi', sections.get('amd-smi'), isAmdSmi),
    rocminfo.trouble ?? findFailure('rocminfo', sections.get('rocminfo'), isRocminfo),
  ].filter((failure) => failure !== null);
  const rank = ({ reason }: Trouble) => [...gravestFirst, reason].indexOf(reason);
  return [...findHung(sections), ...failures].sort((one, other) => rank(one) - rank(other));
}

/** Why no card is listed. */
export function explainEmpty(sections: Sections, rocminfo: RocmInfo): AcceleratorAnswer {
  const [gravest] = findTroubles(sections, rocminfo, false);
  if (gravest !== undefined) return failedAnswer(gravest.reason, gravest.message);
  const asked = ['rocm-smi', 'amd-smi', 'rocminfo'].flatMap((name) => sections.get(name) ?? []);
  return { kind: asked.every(({ exitCode }) => exitCode === 127) ? 'no-tool' : 'none' };
}

/** The plain text is asked for where a version of rocm-smi refuses an option. */
function decidingAnswer(sections: Sections): SectionAnswer | undefined {
  const answer = sections.get('rocm-smi');
  const isDecided = answer === undefined || answer.exitCode === 0 || answer.exitCode === 127;
  return isDecided ? answer : (sections.get('rocm-fewer') ?? answer);
}

function findFailure(tool: string, answer: SectionAnswer | undefined, isAnswer: (text: string) => boolean): Trouble | null {
  if (answer === undefined || answer.timedOut) return null;
  const { text, exitCode } = answer;
  const lines = text.split('\n').flatMap((line) => line.trim().slice(0, 300) || []);
  const line = (pattern: RegExp) => lines.find((candidate) => pattern.test(candidate));
  const driver = line(/Driver not initialized|amdgpu not found/i);
  if (driver !== undefined) return { reason: 'driver-failed', message: driver };
  const library = line(/error while loading shared libraries/i);
  if (library !== undefined) return { reason: 'library-missing', message: `${tool} cannot run: ${library}` };
  // The tool is there, and what it is written in is not: the exit status is that of a tool that is not there.
  const interpreter = line(/^\S*env: .*python/);
  if (interpreter !== undefined) return { reason: 'unreadable', message: `${tool} cannot run: ${interpreter}` };
  if (exitCode === 127) return null;
  const said = lines.at(-1) ?? 'nothing';
  if (exitCode !== 0) return { reason: 'unreadable', message: `${tool} ended with exit status ${exitCode}: ${said}` };
  return isAnswer(text) ? null : { reason: 'unreadable', message: `${tool} gave no answer that can be read: ${said}` };
}

function isRocmSmi(text: string): boolean {
  return parseRocmSmi(text).isList || /No JSON data to report|No (?:DRM devices|AMD GPUs)/i.test(text);
}

/** Nothing at all where it was not asked. */
function isAmdSmi(text: string): boolean {
  return text.trim() === '' || readJsonAfterText(text).value !== undefined;
}

function isRocminfo(text: string): boolean {
  return /ROCk module|HSA Agents/.test(text);
}

function findHung(sections: Sections): Trouble[] {
  const tools = {
    'rocm-smi': 'rocm-smi',
    'rocm-fewer': 'rocm-smi',
    'amd-processes': 'rocm-smi',
    'amd-smi': 'amd-smi',
    rocminfo: 'rocminfo',
  };
  const hung = Object.entries(tools).flatMap(([name, tool]) => (sections.get(name)?.timedOut === true ? [tool] : []));
  return [...new Set(hung)].map((tool) => ({ reason: 'probe-hung', message: `${tool} did not answer in time and was killed` }));
}
