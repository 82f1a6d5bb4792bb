import type { Facts } from './facts.ts';
import { readPairs, type SectionAnswer } from './sections.ts';

type Machine = Pick<
  Facts,
  | 'hostname'
  | 'bootId'
  | 'os'
  | 'kernel'
  | 'architecture'
  | 'cpuCount'
  | 'cpuModel'
  | 'uptimeSeconds'
  | 'memoryBytes'
  | 'memoryAvailableBytes'
  | 'limits'
  | 'clock'
  | 'clockOffset'
>;

export function readMachine(machine: SectionAnswer | undefined, clock: SectionAnswer | undefined): Machine {
  const pairs = readPairs(machine);
  return {
    hostname: readKnown(pairs.get('hostname')),
    bootId: readKnown(pairs.get('boot')),
    os: readKnown(pairs.get('os')?.replace(/^(["'])(.*)\1$/, '$2')),
    kernel: readKnown(pairs.get('kernel')),
    architecture: readKnown(pairs.get('architecture')),
    cpuCount: readCount(pairs.get('cpus')),
    cpuModel: readKnown(pairs.get('cpu-model')),
    uptimeSeconds: readSeconds(pairs.get('uptime')),
    memoryBytes: readKibibytes(pairs.get('memory')),
    memoryAvailableBytes: readKibibytes(pairs.get('available')),
    limits: {
      openFiles: readCount(pairs.get('open-files')),
      processes: readCount(pairs.get('processes')),
      lockedMemoryBytes: readCount(pairs.get('locked-memory')),
    },
    clock: { first: readTime(pairs.get('time')), last: readTime(readPairs(clock).get('time')) },
    clockOffset: null,
  };
}

/**
 * With our own time just before and just after the question: the host's first time was taken after it came, its last one before its answer left. What
 * is between them is the way there and back.
 */
export function boundClock({ first, last }: Facts['clock'], asked: number, answered: number): Facts['clockOffset'] {
  if (first === null || last === null) return null;
  const [least, most] = [last - answered, first - asked];
  return { seconds: (least + most) / 2000, uncertainty: Math.abs(most - least) / 2000 };
}

/** `date +%s.%N`; a small `date` has no nanoseconds, and leaves their letters. */
function readTime(text: string | undefined): number | null {
  const match = /^(\d{1,12})(\.\d{1,9})?/.exec(text ?? '');
  return match === null ? null : Math.round(Number(`${match[1] ?? ''}${match[2] ?? ''}`) * 1000);
}

function readSeconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}(\.\d+)?$/.test(text) ? Number(text) : null;
}

function readCount(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null;
}

function readKibibytes(text: string | undefined): number | null {
  const match = /^(\d+) kB$/.exec(text ?? '');
  return match === null ? null : Number(match[1]) * 1024;
}

function readKnown(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
