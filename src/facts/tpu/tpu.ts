import {
  failedAnswer,
  unknownAccelerator,
  type Accelerator,
  type AcceleratorAnswer,
  type AcceleratorProcess,
} from '../accelerators.ts';
import { nameProcess, splitHolders } from '../holders.ts';
import { readWhole } from '../numbers.ts';
import type { SectionAnswer } from '../sections.ts';
import { modelOfType, readSlice, type TpuSlice } from './slice.ts';
import { parseTpuInfo, type TpuInfo } from './tpu-info.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

interface Local {
  variables: Map<string, string>;
  devices: string[];
  /** A lock file of libtpu that this user may not write. */
  lock: string | null;
  /** By path of the device, or of the lock, which is for all of them. */
  held: { path: string; process: AcceleratorProcess }[];
}

/** What the sections of `tpuSections` say. */
export function readTpu(sections: Sections): { answer: AcceleratorAnswer; slice: TpuSlice | null } {
  const local = readLocal(sections.get('tpu')?.text ?? '');
  const slice = readSlice(sections.get('tpu-metadata')?.text ?? '', local.variables);
  const info = parseTpuInfo(sections.get('tpu-info')?.text ?? '');
  // Other things have a /dev/vfio too.
  const paths = info.chips.length > 0 ? info.chips.map(({ path }) => path) : local.devices.filter((path) => isOurs(path, slice));
  const accelerators = paths.map((path, at) => readChip(path, at, paths.length, { local, slice, info }));
  if (accelerators.length > 0) return { answer: { kind: 'found', accelerators, problems: findHung(sections) }, slice };
  if (slice !== null) {
    const told = slice.type ?? slice.topology ?? 'a TPU';
    return { answer: failedAnswer('accelerator-lost', `the environment tells of ${told}, and no chip is there`), slice };
  }
  return { answer: sections.get('tpu-info')?.exitCode === 0 ? { kind: 'none' } : { kind: 'no-tool' }, slice };
}

function isOurs(path: string, slice: TpuSlice | null): boolean {
  return path.startsWith('/dev/accel') || slice !== null;
}

function readLocal(text: string): Local {
  const { holders, rest } = splitHolders(text);
  const local: Local = { variables: new Map(), devices: [], lock: null, held: [] };
  for (const line of rest.split('\n')) {
    const [, word, value = ''] = /^(env [A-Z_]+|device|lock|held)=(.*)$/.exec(line) ?? [];
    if (word === 'device') local.devices.push(value);
    else if (word === 'lock') local.lock = value;
    else if (word === 'held') {
      const [path = '', pid] = value.split(' ');
      local.held.push({ path, process: nameProcess(processOf(readWhole(pid), null), holders) });
    } else if (word !== undefined) local.variables.set(word.slice('env '.length), value);
  }
  return local;
}

function readChip(
  path: string,
  at: number,
  count: number,
  { local, slice, info }: { local: Local; slice: TpuSlice | null; info: TpuInfo },
): Accelerator {
  const told = info.chips.find((chip) => chip.path === path);
  // In their order: the runtime numbers devices, not chips. Two devices a chip cannot be told apart from more chips.
  const usage = info.usage.length === count ? info.usage[at] : undefined;
  return {
    ...unknownAccelerator('google'),
    model: told?.type?.replace(/ chip$/, '') ?? modelOfType(slice?.type ?? null),
    runtime: slice?.runtime ?? null,
    index: readWhole(/(\d+)$/.exec(path)?.[1]),
    memoryBytes: usage?.totalBytes ?? null,
    memoryUsedBytes: usage?.usedBytes ?? null,
    utilization: usage?.dutyPercent ?? null,
    processes: findProcesses(path, told?.pids ?? [], local),
  };
}

/** A lock of somebody else that no process holds keeps the next one from the chips. */
function findProcesses(path: string, pids: number[], { held, lock }: Local): AcceleratorProcess[] {
  const here = held.filter((entry) => entry.path === path).map(({ process }) => process);
  const told = pids.filter((pid) => !here.some((process) => process.pid === pid)).map((pid) => processOf(pid, null));
  if (here.length + told.length > 0) return [...here, ...told];
  const lockers = held.filter((entry) => !entry.path.startsWith('/dev/')).map(({ process }) => process);
  return lockers.length > 0 || lock === null ? lockers : [processOf(null, `left behind: ${lock}`)];
}

function processOf(pid: number | null, command: string | null): AcceleratorProcess {
  return { pid, user: null, command, memoryBytes: null };
}

function findHung(sections: Sections): string[] {
  return sections.get('tpu-info')?.timedOut === true ? ['tpu-info did not answer in time and was killed'] : [];
}
