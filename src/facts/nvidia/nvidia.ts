import { failedAnswer, type Accelerator, type AcceleratorAnswer, type AcceleratorFailure } from '../accelerators.ts';
import { nameProcess, splitHolders } from '../holders.ts';
import type { SectionAnswer } from '../sections.ts';
import { parseAcceleratorRows, parseProcessRows, queriedFields, type ListedAccelerators, type ListedProcess } from './rows.ts';
import { parseNvidiaTable, type NvidiaTable } from './table.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

const exitCodes: Readonly<Record<number, AcceleratorFailure>> = {
  9: 'driver-failed',
  12: 'library-missing',
  15: 'accelerator-lost',
  18: 'driver-mismatch',
};

/** What the sections of `nvidiaReadings` and `nvidiaDetails` say. Where no query is answered, the table is believed. */
export function readNvidia(sections: Sections): AcceleratorAnswer {
  const all = sections.get('nvidia');
  if (all === undefined) return failedAnswer('unreadable', 'nvidia-smi gave no answer');
  const problems: string[] = [];
  const table = readTable(sections);
  const fewer = sections.get('nvidia-fewer');
  const refused = /Field "([^"]*)" is not a valid field to query/.exec(all.text)?.[1];
  if (refused !== undefined) problems.push(`nvidia-smi does not know the field "${refused}"`);
  const asked = refused === undefined || fewer === undefined ? all : fewer;
  const fields = asked === all ? queriedFields.all : queriedFields.fewer;
  const listed = parseAcceleratorRows(asked.text, fields);
  problems.push(...listed.others.filter(isTrouble));
  const hung = [...sections].find(([name, { timedOut }]) => name.startsWith('nvidia') && timedOut);
  if (hung !== undefined) problems.push('nvidia-smi did not answer in time and was killed');
  if (listed.accelerators.length > 0) {
    addTable(listed.accelerators, table);
    attachProcesses(listed.accelerators, sections.get('nvidia-processes'));
    return { kind: 'found', accelerators: listed.accelerators, problems };
  }
  if (table.accelerators.length === 0) return explainEmpty(asked, listed);
  problems.push(...table.others.filter((line) => isTrouble(line) && !problems.includes(line)));
  for (const accelerator of table.accelerators) accelerator.processes = processesAt(table, accelerator);
  return { kind: 'found', accelerators: table.accelerators, problems };
}

function readTable(sections: Sections): NvidiaTable {
  return parseNvidiaTable(sections.get('nvidia-table')?.text ?? '');
}

/** What the table alone tells. */
function addTable(accelerators: Accelerator[], table: NvidiaTable): void {
  for (const accelerator of accelerators) {
    accelerator.runtime = table.cuda;
    const same = table.accelerators.find(({ index }) => index === accelerator.index);
    if (same === undefined) continue;
    accelerator.busId = same.busId;
    accelerator.healthy &&= same.healthy;
    accelerator.notes.push(...same.notes);
  }
}

function processesAt({ processes }: NvidiaTable, { index }: Accelerator): Accelerator['processes'] {
  return processes?.filter((listed) => listed.index === index).map(({ process }) => process) ?? null;
}

function explainEmpty(answer: SectionAnswer, { others }: ListedAccelerators): AcceleratorAnswer {
  const message = others.join('; ').slice(0, 500) || `nvidia-smi ended with exit status ${answer.exitCode} and said nothing`;
  if (answer.timedOut) return failedAnswer('probe-hung', 'nvidia-smi did not answer in time and was killed');
  if (/No devices (?:were )?found/i.test(message) || answer.exitCode === 6) return { kind: 'none' };
  if (/version mismatch/i.test(message)) return failedAnswer('driver-mismatch', message);
  if (/shared librar|libnvidia-ml|library (?:was )?(?:missing|not found|couldn't be found)/i.test(message)) {
    return failedAnswer('library-missing', message);
  }
  if (answer.exitCode === 127) return { kind: 'no-tool' };
  if (/is lost|Unable to determine the device handle/i.test(message)) return failedAnswer('accelerator-lost', message);
  if (/couldn't communicate with the NVIDIA driver/i.test(message)) return failedAnswer('driver-failed', message);
  if (answer.exitCode === 2) return failedAnswer('field-refused', message);
  return failedAnswer(exitCodes[answer.exitCode] ?? 'unreadable', message);
}

/** Processes stay unknown when their list could not be had. One whose device is not told, or is a slice, counts for every device it may be on. */
function attachProcesses(accelerators: Accelerator[], answer: SectionAnswer | undefined): void {
  if (answer === undefined || answer.exitCode !== 0) return;
  const { holders, rest } = splitHolders(answer.text);
  const processes = parseProcessRows(rest);
  const known = new Set(accelerators.map(({ uuid }) => uuid));
  for (const accelerator of accelerators) {
    if (accelerator.uuid === null) continue;
    const mayHold = ({ uuid }: ListedProcess) =>
      uuid === accelerator.uuid || uuid === null || (!known.has(uuid) && accelerator.sliced === true);
    accelerator.processes = processes
      .filter(mayHold)
      .map(({ pid, user, command, memoryBytes }) => nameProcess({ pid, user, command, memoryBytes }, holders));
  }
}

/** A banner of the login shell is none of the tool's business. */
function isTrouble(line: string): boolean {
  return /\b(?:unable|unknown error|lost|fail(?:ed)?|error|warning|infoROM|reset)\b/i.test(line);
}
