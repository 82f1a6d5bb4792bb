import { readRocmFault } from '../amd/faults.ts';
import { branchOf } from '../nvidia/driver.ts';
import { readDriverWishes } from '../nvidia/faults.ts';
import type { Machine } from '../machines.ts';
import { PretendFailure, pythonError } from '../training/failure.ts';

/** What PyTorch tells of itself and of the accelerators, on this machine at this moment. */
export interface Torch {
  build: string;
  cudaVersion: string | null;
  hipVersion: string | null;
  /** Empty: `torch.cuda.is_available()` is False. */
  devices: TorchDevice[];
}

export interface TorchDevice {
  name: string;
  busId: string;
  totalBytes: number;
  /** What its memory errors name. */
  runtime: 'CUDA' | 'HIP';
}

type Variables = Readonly<Record<string, string | undefined>>;

export function describeTorch(machine: Machine, build: string, variables: Variables): Torch {
  const flavour = build.split('+')[1] ?? '';
  const cudaVersion = /^cu(\d+)(\d)$/.exec(flavour)?.slice(1).join('.') ?? null;
  return {
    build,
    cudaVersion,
    hipVersion: flavour === 'rocm6.2' ? '6.2.41133-dd7f95766' : null,
    devices: isCudaWanted(variables) && !hidesCards(variables) ? listDevices(machine, flavour, cudaVersion, variables) : [],
  };
}

/** The first card, or what PyTorch raises where there is none. */
export function requireDevice({ devices, build }: Torch): TorchDevice {
  const [first] = devices;
  if (first !== undefined) return first;
  if (build.endsWith('+cpu')) throw pythonError('AssertionError: Torch not compiled with CUDA enabled');
  throw pythonError('RuntimeError: No CUDA GPUs are available');
}

/** As CUDA and HIP read them: no card is named. HIP heeds both. */
function hidesCards(variables: Variables): boolean {
  return ['CUDA_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES'].some((name) => ['', '-1'].includes(variables[name] ?? '0'));
}

/** PRETEND_CUDA=none: PyTorch finds no card, whatever nvidia-smi says. */
function isCudaWanted(variables: Variables): boolean {
  const wish = variables['PRETEND_CUDA'] ?? '';
  if (wish !== '' && wish !== 'none') throw new PretendFailure(`PRETEND_CUDA: expected none, got "${wish}"`, 2);
  return wish === '';
}

function listDevices(machine: Machine, flavour: string, cudaVersion: string | null, variables: Variables): TorchDevice[] {
  if (cudaVersion !== null) return listCudaDevices(machine, cudaVersion, variables);
  return flavour.startsWith('rocm') ? listHipDevices(machine, variables) : [];
}

/** PyTorch for ROCm calls them cuda too. */
function listHipDevices({ amd }: Machine, variables: Variables): TorchDevice[] {
  if (amd === null || readRocmFault(variables) !== null) return [];
  return amd.busIds.map((busId) => ({ name: amd.model.name, busId, totalBytes: amd.model.memoryMiB * 2 ** 20, runtime: 'HIP' }));
}

const faultsWithoutDriver = ['no-driver', 'mismatch', 'no-devices'];

function listCudaDevices({ nvidia }: Machine, cudaVersion: string, variables: Variables): TorchDevice[] {
  if (nvidia === null) return [];
  const { fault, driver } = readDriverWishes(variables);
  // CUDA runs on every driver of its own major version's first branch and later.
  const firstBranch = cudaVersion.startsWith('12.') ? 525 : 450;
  if (faultsWithoutDriver.includes(fault?.name ?? '') || branchOf(driver ?? nvidia.driver) < firstBranch) return [];
  return nvidia.busIds.map((busId) => ({
    name: nvidia.model.name,
    busId,
    totalBytes: nvidia.model.usableMiB * 2 ** 20,
    runtime: 'CUDA',
  }));
}
