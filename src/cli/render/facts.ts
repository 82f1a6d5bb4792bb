import type { Accelerator, AcceleratorProcess } from '../../facts/accelerators.ts';
import { formatDuration, formatSize } from '../../language/units.ts';
import type { FactsDocument } from '../read-facts.ts';
import type { Screen } from '../screen.ts';
import { printable, wrap } from './printable.ts';
import { renderTable } from './table.ts';

const unknown = '-';
const indent = '  ';

/** A block for each worker: the machine, what an author's commands find, its accelerators, and who is on them. */
export function renderFacts(documents: readonly FactsDocument[], screen: Screen): string[] {
  return documents.flatMap((document, at) => [...(at === 0 ? [] : ['']), ...renderWorker(document, screen)]);
}

function renderWorker(document: FactsDocument, screen: Screen): string[] {
  const name = screen.paint('bold', nameOf(document));
  if (document.error !== null) return [`${name}: ${screen.paint('red', 'not reached')}`, ...renderError(document, screen)];
  const lines = [
    ['machine', join(document.hostname, document.os, document.kernel, document.architecture, describeUptime(document))],
    ['cpu', join(document.cpuModel, document.cpuCount === null ? null : `${document.cpuCount} CPUs`)],
    ['memory', describePart(document.memoryAvailableBytes, document.memoryBytes, 'available')],
    ...(document.disks ?? []).map((disk) => [
      `disk ${disk.path}`,
      join(describePart(disk.freeBytes, disk.totalBytes, 'free'), describeInodes(disk.freeInodes)),
    ]),
    ['clock', describeClock(document)],
    ['limits', describeLimits(document)],
    ['software', join(`python ${document.python ?? unknown}`, `git ${document.git ?? unknown}`)],
    ['tools', describeTools(document.tools)],
    ['slice', describeSlice(document)],
  ].flatMap(([title = '', text = '']) => (text === '' ? [] : wrap(`${title.padEnd(10)} ${printable(text)}`, widthOf(screen))));
  return [
    name,
    ...lines.map((line) => indent + line),
    ...renderAccelerators(document, screen),
    ...renderProblems(document, screen),
  ];
}

function nameOf({ host, worker }: FactsDocument): string {
  return worker === 0 ? host : `${host}/${worker}`;
}

function renderError({ error }: FactsDocument, screen: Screen): string[] {
  if (error === null) return [];
  const lines = [error.message, ...error.suggestions.map((text) => `hint: ${text}`)];
  return lines.flatMap((line) => wrap(printable(line), widthOf(screen))).map((line) => indent + line);
}

const columns = [
  { title: 'ACCELERATOR' },
  { title: 'MODEL' },
  { title: 'MEMORY', align: 'right' as const },
  { title: 'USED', align: 'right' as const },
  { title: 'UTIL', align: 'right' as const },
  { title: 'TEMP', align: 'right' as const },
  { title: 'POWER', align: 'right' as const },
  { title: 'DRIVER' },
  { title: 'RUNTIME' },
];

function renderAccelerators({ accelerators }: FactsDocument, screen: Screen): string[] {
  if (accelerators === null) return [`${indent}accelerators: ${screen.paint('yellow', 'not known')}`];
  if (accelerators.length === 0) return [`${indent}accelerators: none`];
  const rows = accelerators.map((accelerator) => ({ cells: cellsOf(accelerator), notes: notesOf(accelerator) }));
  const narrower = { ...screen, width: widthOf(screen) };
  return renderTable(columns, rows, narrower).map((line) => indent + line);
}

function cellsOf(accelerator: Accelerator) {
  const { vendor, index, model, memoryBytes, memoryUsedBytes, utilization, temperature, power, driver, runtime } = accelerator;
  const name = `${vendor} ${index ?? '?'}`;
  return [
    accelerator.healthy ? name : { text: `${name}, in trouble`, color: 'red' as const },
    model ?? unknown,
    memoryBytes === null ? unknown : formatSize(memoryBytes),
    memoryUsedBytes === null ? unknown : formatSize(memoryUsedBytes),
    utilization === null ? unknown : `${utilization} %`,
    temperature === null ? unknown : `${temperature} °C`,
    power === null ? unknown : `${power} W`,
    driver ?? unknown,
    runtime ?? unknown,
  ];
}

function notesOf({ notes, processes, sliced }: Accelerator): string[] {
  return [
    ...notes,
    ...(sliced === true ? ['cut into slices (MIG)'] : []),
    ...(processes ?? []).map(describeProcess),
    ...(processes === null ? ['its processes are not known'] : []),
  ];
}

function describeProcess({ pid, user, command, memoryBytes }: AcceleratorProcess): string {
  const memory = memoryBytes === null ? '' : `, ${formatSize(memoryBytes)}`;
  return `pid ${pid ?? unknown}${user === null ? '' : ` of ${user}`}${memory}: ${command ?? unknown}`;
}

function renderProblems({ problems, acceleratorProblems }: FactsDocument, screen: Screen): string[] {
  const all = [...new Set([...(problems ?? []), ...acceleratorProblems])];
  const told = all.filter((text) => !acceleratorProblems.some((problem) => text === `accelerators: ${problem}`));
  return told.flatMap((text) => wrap(printable(text), widthOf(screen))).map((line) => indent + screen.paint('yellow', line));
}

function describeUptime({ uptimeSeconds }: FactsDocument): string | null {
  return uptimeSeconds === null ? null : `up ${formatDuration(Math.round(uptimeSeconds))}`;
}

function describePart(part: number | null, whole: number | null, word: string): string {
  return `${part === null ? unknown : formatSize(part)} ${word} of ${whole === null ? unknown : formatSize(whole)}`;
}

function describeInodes(inodes: number | null): string | null {
  return inodes === null ? null : `${inodes} inodes free`;
}

/** Less than its own uncertainty is no difference. */
function describeClock({ clock }: FactsDocument): string {
  if (clock === null) return '';
  const { offsetSeconds, uncertaintySeconds } = clock;
  const within = `within ${formatDuration(Math.max(0.001, uncertaintySeconds))}`;
  if (Math.abs(offsetSeconds) <= uncertaintySeconds) return `the same as here, ${within}`;
  return `${formatDuration(Math.abs(offsetSeconds))} ${offsetSeconds > 0 ? 'ahead' : 'behind'}, ${within}`;
}

function describeLimits({ limits }: FactsDocument): string {
  if (limits === null) return '';
  const { openFiles, lockedMemoryBytes, processes } = limits;
  const locked = typeof lockedMemoryBytes === 'number' ? formatSize(lockedMemoryBytes) : (lockedMemoryBytes ?? unknown);
  return `${openFiles ?? unknown} open files, ${locked} locked memory, ${processes ?? unknown} processes`;
}

function describeTools(tools: FactsDocument['tools']): string {
  return Object.entries(tools ?? {})
    .flatMap(([name, path]) => (path === null ? [] : [name]))
    .join(' ');
}

function describeSlice({ tpu }: FactsDocument): string {
  if (tpu === null) return '';
  const worker = tpu.workerIndex === null ? null : `worker ${tpu.workerIndex} of ${tpu.workers ?? unknown}`;
  return join(tpu.type, tpu.topology, tpu.chips === null ? null : `${tpu.chips} chips`, worker, tpu.zone);
}

function join(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join(', ');
}

function widthOf({ width }: Screen): number | null {
  return width === null ? null : width - indent.length;
}
