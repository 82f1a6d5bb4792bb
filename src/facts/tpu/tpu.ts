import {
  failedAnswer,
  unknownAccelerator,
  type Accelerator,
  type AcceleratorAnswer,
  type AcceleratorFailure,
  type AcceleratorProcess,
} from '../accelerators.ts';
import { nameProcess, splitHolders } from '../holders.ts';
import { readWhole } from '../numbers.ts';
import { explainSilence, type SectionAnswer } from '../sections.ts';
import { modelOfType, readSlice, type TpuSlice } from './slice.ts';
import { parseTpuInfo, type TpuInfo } from './tpu-info.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

interface Trouble {
  reason: AcceleratorFailure;
  message: string;
}

interface Local {
  variables: Map<string, string>;
  devices: string[];
  /** The model of the chips on the PCI bus, which the metadata of the machine need not tell. */
  chip: string | null;
  /** A lock file of libtpu that this user may not write. */
  lock: string | null;
  /** By path of the device, or of the lock, which is for all of them. */
  held: { path: string; process: AcceleratorProcess }[];
}

/** By their PCI device id; Google has network cards and disks on the bus, too. */
const chips: ReadonlyMap<string, string> = new Map([
  ['0x005e', 'TPU v4'],
  ['0x0062', 'TPU v5p'],
  ['0x0063', 'TPU v5e'],
  ['0x006f', 'TPU v6e'],
]);

/** What the sections of `tpuSections` say. */
export function readTpu(sections: Sections): { answer: AcceleratorAnswer; slice: TpuSlice | null } {
  const local = readLocal(sections.get('tpu')?.text ?? '');
  const slice = readSlice(sections.get('tpu-metadata')?.text ?? '', local.variables);
  const info = parseTpuInfo(sections.get('tpu-info')?.text ?? '');
  // Other things have a /dev/vfio too.
  const paths =
    info.chips.length > 0 ? info.chips.map(({ path }) => path) : local.devices.filter((path) => isOurs(path, slice, local));
  const accelerators = paths.map((path, at) => readChip(path, at, paths.length, { local, slice, info }));
  const trouble = findTrouble(sections.get('tpu-info'), info);
  if (accelerators.length > 0) {
    return { answer: { kind: 'found', accelerators, problems: trouble === null ? [] : [trouble.message] }, slice };
  }
  if (slice !== null) {
    const told = slice.type ?? slice.topology ?? 'a TPU';
    const also = trouble === null ? '' : `; ${trouble.message}`;
    return { answer: failedAnswer('accelerator-lost', `the environment tells of ${told}, and no chip is there${also}`), slice };
  }
  if (trouble !== null) return { answer: failedAnswer(trouble.reason, trouble.message), slice };
  return { answer: sections.get('tpu-info')?.exitCode === 0 ? { kind: 'none' } : { kind: 'no-tool' }, slice };
}

function isOurs(path: string, slice: TpuSlice | null, { chip }: Local): boolean {
  return path.startsWith('/dev/accel') || slice !== null || chip !== null;
}

function readLocal(text: string): Local {
  const { holders, rest } = splitHolders(text);
  const local: Local = { variables: new Map(), devices: [], chip: null, lock: null, held: [] };
  for (const line of rest.split('\n')) {
    const [, word, value = ''] = /^(env [A-Z_]+|device|pci|lock|held)=(.*)$/.exec(line) ?? [];
    if (word === 'device') local.devices.push(value);
    else if (word === 'pci') local.chip ??= chips.get(value) ?? null;
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
    model: told?.type?.replace(/ chip$/, '') ?? modelOfType(slice?.type ?? null) ?? local.chip,
    runtime: slice?.runtime ?? null,
    index: readWhole(/(\d+)$/.exec(path)?.[1]),
    memoryBytes: usage?.totalBytes ?? null,
    memoryUsedBytes: usage?.usedBytes ?? null,
    utilization: usage?.dutyPercent ?? null,
    processes: findProcesses(path, told?.pids ?? (info.busy === null ? [] : [info.busy.pid]), local),
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

/** What kept tpu-info from its answer. One that is not there is no trouble. */
function findTrouble(answer: SectionAnswer | undefined, { busy }: TpuInfo): Trouble | null {
  if (answer === undefined) return null;
  if (answer.timedOut) return { reason: 'probe-hung', message: 'tpu-info did not answer in time and was killed' };
  if (busy !== null) return { reason: 'unreadable', message: busy.message };
  if (answer.exitCode === 0 || answer.exitCode === 127) return null;
  return { reason: 'unreadable', message: `tpu-info: ${explainSilence(answer)}` };
}
