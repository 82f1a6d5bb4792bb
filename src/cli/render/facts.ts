import { formatDuration, formatSize } from '../../language/units.ts';
import type { Accelerator } from '../../facts/accelerators.ts';
import type { WorkerFacts } from '../read-facts.ts';
import type { Screen } from '../screen.ts';
import { printable } from './printable.ts';
import { renderTable } from './table.ts';

const columns = [
  { title: 'INDEX', align: 'right' as const },
  { title: 'MODEL' },
  { title: 'MEMORY' },
  { title: 'USE', align: 'right' as const },
  { title: 'TEMP', align: 'right' as const },
  { title: 'POWER', align: 'right' as const },
  { title: 'DRIVER' },
  { title: 'STATE' },
];

/** A block for each worker: the machine in a few lines, its accelerators in a table, and what could not be found out. */
export function renderFacts(hosts: readonly WorkerFacts[], screen: Screen): string[] {
  return hosts.flatMap((worker, index) => [...(index === 0 ? [] : ['']), ...renderWorker(worker, hosts, screen)]);
}

function renderWorker(worker: WorkerFacts, all: readonly WorkerFacts[], screen: Screen): string[] {
  const several = all.filter(({ host }) => host === worker.host).length > 1;
  const head = screen.paint('bold', several ? `${worker.host}, worker ${worker.worker}` : worker.host);
  if (worker.error !== null) return [`${head}: ${screen.paint('red', 'not reached')}: ${printable(worker.error.message)}`];
  const accelerators = worker.accelerators ?? [];
  return [
    head,
    ...describeMachine(worker).map(([name, text]) => `  ${`${name}:`.padEnd(12)}${printable(text)}`),
    ...(accelerators.length === 0
      ? []
      : renderTable(columns, accelerators.map(renderAccelerator), screen).map((line) => `  ${line}`)),
    ...(worker.accelerators?.length === 0 ? ['  no accelerator'] : []),
    ...worker.problems.map((problem) => `  ${screen.paint('yellow', 'not known')}: ${printable(problem)}`),
  ];
}

/** Nothing is shown of what is not known; `--json` has it as null. */
function describeMachine(worker: WorkerFacts): [string, string][] {
  const { cpuCount, cpuModel, memoryBytes, memoryAvailableBytes, limits, clock, uptimeSeconds } = worker;
  const lines: [string, (string | null | undefined)[]][] = [
    ['system', [worker.os, worker.kernel, worker.architecture]],
    [
      'up',
      [uptimeSeconds == null ? null : formatDuration(uptimeSeconds), worker.bootId == null ? null : `boot ${worker.bootId}`],
    ],
    ['cpu', [cpuCount == null ? null : String(cpuCount), cpuModel]],
    [
      'memory',
      [
        memoryBytes === null ? null : formatSize(memoryBytes),
        memoryAvailableBytes == null ? null : `${formatSize(memoryAvailableBytes)} available`,
      ],
    ],
    [
      'disk',
      (worker.disks ?? []).map(({ path, freeBytes, totalBytes }) =>
        freeBytes === null ? null : `${path}: ${formatSize(freeBytes)} of ${formatSize(totalBytes ?? 0)} free`,
      ),
    ],
    ['python', [worker.python]],
    ['git', [worker.git]],
    [
      'tools',
      [
        Object.entries(worker.tools)
          .flatMap(([name, path]) => (path === null ? [] : [name]))
          .join(' '),
      ],
    ],
    [
      'limits',
      [
        limits?.openFiles == null ? null : `${limits.openFiles} open files`,
        limits?.processes == null ? null : `${limits.processes} processes`,
      ],
    ],
    ['clock', [clock == null ? null : describeClock(clock)]],
  ];
  return lines.flatMap(([name, parts]) => {
    const known = parts.filter((part) => part != null && part !== '');
    return known.length === 0 ? [] : [[name, known.join(', ')]];
  });
}

function describeClock({ offsetSeconds: seconds, uncertaintySeconds }: NonNullable<WorkerFacts['clock']>): string {
  const within = formatDuration(Math.max(0.001, uncertaintySeconds));
  if (Math.abs(seconds) <= uncertaintySeconds + 0.5) return `as ours, within ${within}`;
  return `${formatDuration(Math.abs(seconds))} ${seconds > 0 ? 'ahead of' : 'behind'} ours, within ${within}`;
}

function renderAccelerator(accelerator: Accelerator) {
  const {
    index,
    model,
    memoryBytes,
    memoryUsedBytes,
    utilization,
    temperature,
    power,
    driver,
    runtime,
    architecture,
    notes,
    healthy,
  } = accelerator;
  const size = (bytes: number | null) => (bytes === null ? '?' : formatSize(bytes));
  const amount = (value: number | null, unit: string) => (value === null ? '?' : `${value}${unit}`);
  const holders = (accelerator.processes ?? []).map(
    ({ pid, user, command, memoryBytes: held }) =>
      `held by pid ${pid ?? '?'}${user === null ? '' : ` of ${user}`}: ${command ?? 'unknown'}${held === null ? '' : `, ${size(held)}`}`,
  );
  return {
    cells: [
      index === null ? '?' : String(index),
      `${model ?? '?'}${architecture === null ? '' : ` (${architecture})`}`,
      `${size(memoryUsedBytes)} of ${size(memoryBytes)}`,
      amount(utilization, '%'),
      amount(temperature, '°C'),
      amount(power, ' W'),
      `${driver ?? '?'}${runtime === null ? '' : `, runtime ${runtime}`}`,
      healthy ? { text: 'healthy', color: 'green' as const } : { text: 'in trouble', color: 'red' as const },
    ],
    notes: [...notes, ...holders],
  };
}
