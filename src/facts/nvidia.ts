import type { AcceleratorAnswer, AcceleratorFailure } from './accelerators.ts';
import {
  parseAcceleratorRows,
  parseProcessRows,
  queriedFields,
  type ListedAccelerators,
  type ListedProcess,
} from './nvidia-rows.ts';
import { parseNvidiaTable, type NvidiaTable } from './nvidia-table.ts';
import { parseSections, type SectionAnswer } from './sections.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

const exitCodes: Readonly<Record<number, AcceleratorFailure>> = {
  9: 'driver-failed',
  12: 'library-missing',
  15: 'accelerator-lost',
  18: 'driver-mismatch',
};

/** What the answer to `nvidiaQueryScript` says. */
export function parseNvidia(output: string): AcceleratorAnswer {
  return readNvidia(parseSections(output));
}

export function readNvidia(sections: Sections): AcceleratorAnswer {
  const all = sections.get('nvidia');
  const fewer = sections.get('nvidia-fewer');
  if (all === undefined) return failed('unreadable', 'nvidia-smi gave no answer');
  const refusedField = /Field "([^"]*)" is not a valid field to query/.exec(all.text)?.[1];
  if (refusedField === undefined || fewer === undefined) return readDevices(all, queriedFields.all, sections, []);
  return readDevices(fewer, queriedFields.fewer, sections, [`nvidia-smi does not know the field "${refusedField}"`]);
}

function readDevices(
  answer: SectionAnswer,
  fields: readonly string[],
  sections: Sections,
  problems: string[],
): AcceleratorAnswer {
  const listed = parseAcceleratorRows(answer.text, fields);
  const table = parseNvidiaTable(sections.get('nvidia-table')?.text ?? '');
  if (listed.accelerators.length === 0) return readTable(table, sections) ?? explainEmpty(answer, listed);
  attachProcesses(listed, sections.get('nvidia-processes'));
  const accelerators = listed.accelerators.map((accelerator) => ({ ...accelerator, runtime: table.runtime }));
  return { kind: 'found', accelerators, problems: [...problems, ...listed.others.filter(isTrouble)] };
}

/** The table alone, where no query is understood. It does not tell who holds which device. */
function readTable({ accelerators }: NvidiaTable, sections: Sections): AcceleratorAnswer | null {
  if (accelerators.length === 0) return null;
  const lines = sections.get('nvidia-table')?.text.split('\n') ?? [];
  const said = lines.map((line) => line.trim()).filter((line) => !/^[|+]/.test(line) && isTrouble(line));
  return { kind: 'found', accelerators, problems: ['nvidia-smi answers no query: this is from its table', ...said] };
}

function explainEmpty(answer: SectionAnswer, { others }: ListedAccelerators): AcceleratorAnswer {
  const message = others.join('; ').slice(0, 500) || `nvidia-smi ended with exit status ${answer.exitCode} and said nothing`;
  if (answer.timedOut) return failed('probe-hung', 'nvidia-smi did not answer in time and was killed');
  if (/No devices (?:were )?found/i.test(message) || answer.exitCode === 6) return { kind: 'none' };
  if (/version mismatch/i.test(message)) return failed('driver-mismatch', message);
  if (/shared librar|libnvidia-ml|library (?:was )?(?:missing|not found|couldn't be found)/i.test(message)) {
    return failed('library-missing', message);
  }
  if (answer.exitCode === 127) return { kind: 'no-tool' };
  if (/is lost|Unable to determine the device handle/i.test(message)) return failed('accelerator-lost', message);
  if (/couldn't communicate with the NVIDIA driver/i.test(message)) return failed('driver-failed', message);
  if (answer.exitCode === 2) return failed('field-refused', message);
  return failed(exitCodes[answer.exitCode] ?? 'unreadable', message);
}

/** Processes stay unknown when their list could not be had. One whose device is not told, or is a slice, counts for every device it may be on. */
function attachProcesses(listed: ListedAccelerators, answer: SectionAnswer | undefined): void {
  if (answer === undefined || answer.exitCode !== 0) return;
  const processes = parseProcessRows(answer.text);
  const known = new Set(listed.accelerators.map(({ uuid }) => uuid));
  for (const accelerator of listed.accelerators) {
    if (accelerator.uuid === null) continue;
    const mayHold = ({ uuid }: ListedProcess) =>
      uuid === accelerator.uuid || uuid === null || (!known.has(uuid) && accelerator.sliced === true);
    accelerator.processes = processes.filter(mayHold).map(({ uuid: _, ...process }) => process);
  }
}

/** A banner of the login shell is none of the tool's business. */
function isTrouble(line: string): boolean {
  return /\b(?:unable|unknown error|lost|fail(?:ed)?|error|warning|infoROM|reset)\b/i.test(line);
}

function failed(reason: AcceleratorFailure, message: string): AcceleratorAnswer {
  return { kind: 'failed', reason, message };
}
