import { notYet, usageError } from '../errors.ts';

/** One machine that an embedded host can pretend to be. */
export interface Machine {
  nvidia: NvidiaCards | null;
  amd: AmdCards | null;
  /** The slice that the machine is; null: it has no TPU, and one worker. */
  tpu: TpuSlice | null;
  python: string;
  /** The build of PyTorch of its own python3. */
  torch: string;
  /** What its `bin` has beside Python. */
  programs: readonly string[];
  /** Git repositories in its home. */
  workspaces: readonly string[];
}

export interface NvidiaCards {
  driver: string;
  model: NvidiaModel;
  /** One card each. */
  busIds: readonly string[];
}

export interface NvidiaModel {
  name: string;
  memoryMiB: number;
  /** What PyTorch tells as the total: the driver keeps the rest. */
  usableMiB: number;
  idleWatts: number;
  limitWatts: number;
  computeCapability: string;
  pcieGeneration: number;
  smClockMHz: number;
  memoryClockMHz: number;
  /** Null: cooled by the air of the server. */
  fanPercent: number | null;
  errorCorrection: boolean;
  slices: boolean;
}

export interface AmdCards {
  driver: string;
  /** Version of ROCm. */
  runtime: string;
  model: AmdModel;
  /** One card each. */
  busIds: readonly string[];
}

export interface AmdModel {
  name: string;
  /** As libraries tell it that no HSA_OVERRIDE_GFX_VERSION deceives. */
  gfx: string;
  chipId: number;
  memoryMiB: number;
  idleWatts: number;
  limitWatts: number;
  computeUnits: number;
}

/** As the metadata of its workers tells it. */
export interface TpuSlice {
  type: string;
  /** As the chips themselves are called. */
  model: string;
  topology: string;
  chipsPerWorker: number;
  chipsPerHostBounds: string;
  hostBounds: string;
  workers: number;
  zone: string;
  runtime: string;
}

const a4000: NvidiaModel = {
  name: 'NVIDIA RTX A4000',
  memoryMiB: 16_376,
  usableMiB: 16_108,
  idleWatts: 14,
  limitWatts: 140,
  computeCapability: '8.6',
  pcieGeneration: 4,
  smClockMHz: 1_560,
  memoryClockMHz: 7_001,
  fanPercent: 41,
  errorCorrection: false,
  slices: false,
};

const a100: NvidiaModel = {
  name: 'NVIDIA A100 80GB PCIe',
  memoryMiB: 81_920,
  usableMiB: 81_152,
  idleWatts: 46,
  limitWatts: 300,
  computeCapability: '8.0',
  pcieGeneration: 4,
  smClockMHz: 1_410,
  memoryClockMHz: 1_512,
  fanPercent: null,
  errorCorrection: true,
  slices: true,
};

const h100: NvidiaModel = {
  name: 'NVIDIA H100 80GB HBM3',
  memoryMiB: 81_559,
  usableMiB: 81_004,
  idleWatts: 71,
  limitWatts: 700,
  computeCapability: '9.0',
  pcieGeneration: 5,
  smClockMHz: 1_980,
  memoryClockMHz: 2_619,
  fanPercent: null,
  errorCorrection: true,
  slices: true,
};

const rx5600xt: AmdModel = {
  name: 'AMD Radeon RX 5600 XT',
  gfx: 'gfx1010',
  chipId: 0x731f,
  memoryMiB: 6_128,
  idleWatts: 7,
  limitWatts: 150,
  computeUnits: 36,
};

const v4Slice: TpuSlice = {
  type: 'v4-64',
  model: 'TPU v4',
  topology: '2x4x4',
  chipsPerWorker: 4,
  chipsPerHostBounds: '2,2,1',
  hostBounds: '1,2,4',
  workers: 8,
  zone: 'us-central2-b',
  runtime: 'tpu-ubuntu2204-base',
};

const python = '3.11.9';
const driver = '550.54.15';
const nvidiaPrograms = ['nvidia-smi', 'hold-gpu', 'torchrun'];

const machines: ReadonlyMap<string, Machine> = new Map(
  Object.entries<Machine>({
    a4000: {
      nvidia: { driver, model: a4000, busIds: ['00000000:65:00.0'] },
      amd: null,
      tpu: null,
      python,
      torch: '2.2.0+cu121',
      programs: nvidiaPrograms,
      workspaces: ['nsa-vibe', 'world-model'],
    },
    a100x2: {
      nvidia: { driver, model: a100, busIds: ['00000000:17:00.0', '00000000:CA:00.0'] },
      amd: null,
      tpu: null,
      python,
      torch: '2.7.1+cu121',
      programs: nvidiaPrograms,
      workspaces: ['nsa-vibe'],
    },
    h100x8: {
      nvidia: {
        driver,
        model: h100,
        busIds: ['19', '3B', '4C', '5D', '9B', 'BB', 'CB', 'DB'].map((bus) => `00000000:${bus}:00.0`),
      },
      amd: null,
      tpu: null,
      python,
      torch: '2.7.1+cu121',
      programs: nvidiaPrograms,
      workspaces: ['nsa-vibe'],
    },
    rx5600xt: {
      nvidia: null,
      amd: { driver: '6.8.5', runtime: '6.2.0', model: rx5600xt, busIds: ['0000:2D:00.0'] },
      tpu: null,
      python,
      torch: '2.5.1+rocm6.2',
      programs: ['rocm-smi', 'rocminfo', 'hold-gpu', 'torchrun'],
      workspaces: ['nsa-vibe', 'eeg-challenge'],
    },
    'tpu-v4-64': {
      nvidia: null,
      amd: null,
      tpu: v4Slice,
      python: '3.10.12',
      torch: '2.5.1+cpu',
      programs: ['tpu-info'],
      workspaces: ['trm'],
    },
    cpu: {
      nvidia: null,
      amd: null,
      tpu: null,
      python,
      torch: '2.2.0+cpu',
      programs: ['torchrun'],
      workspaces: ['nsa-vibe', 'world-model'],
    },
  }),
);

/** Tools that no machine has yet, and that the computer may have. */
const otherPrograms = ['amd-smi', 'journalctl'];

/** What a machine must not find: programs of other machines, and tools of the computer that it is pretended on. */
export function listForeignPrograms({ programs }: Machine): string[] {
  const known = new Set([...[...machines.values()].flatMap((machine) => machine.programs), ...otherPrograms]);
  return [...known].filter((name) => !programs.includes(name));
}

/** The machine of this name. Refuses one that this version does not pretend to be. */
export function requireMachine(name: string): Machine {
  const machine = machines.get(name);
  if (machine !== undefined) return machine;
  throw notYet(`embedded machine "${name}"`, [`this version pretends to be: ${[...machines.keys()].join(', ')}`]);
}

interface Described {
  /** The host's name in the inventory. */
  name: string;
  machine: string;
  workers: number;
}

/** The machine of an embedded host. Refuses a number of workers that it does not have. */
export function requireMachineOf({ name, machine, workers }: Described): Machine {
  const found = requireMachine(machine);
  const there = found.tpu?.workers ?? 1;
  if (workers === there) return found;
  const text = `host "${name}": embedded machine "${machine}" has ${there} ${there === 1 ? 'worker' : 'workers'}, got ${workers}`;
  throw usageError('embedded-workers', text, [`write it so in the inventory: embedded: ${machine}, workers: ${there}`]);
}
