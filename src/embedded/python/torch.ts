import { branchOf } from '../nvidia/driver.ts';
import { readDriverWishes } from '../nvidia/faults.ts';
import type { Machine } from '../machines.ts';
import { PretendFailure } from '../training/failure.ts';

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
  totalBytes: number;
}

type Variables = Readonly<Record<string, string | undefined>>;

export function describeTorch(machine: Machine, build: string, variables: Variables): Torch {
  const flavour = build.split('+')[1] ?? '';
  const cudaVersion = /^cu(\d+)(\d)$/.exec(flavour)?.slice(1).join('.') ?? null;
  return {
    build,
    cudaVersion,
    hipVersion: null,
    devices: cudaVersion === null || !isCudaWanted(variables) ? [] : listCudaDevices(machine, cudaVersion, variables),
  };
}

/** PRETEND_CUDA=none: PyTorch finds no card, whatever nvidia-smi says. */
function isCudaWanted(variables: Variables): boolean {
  const wish = variables['PRETEND_CUDA'] ?? '';
  if (wish !== '' && wish !== 'none') throw new PretendFailure(`PRETEND_CUDA: expected none, got "${wish}"`, 2);
  return wish === '';
}

const faultsWithoutDriver = ['no-driver', 'mismatch', 'no-devices'];

function listCudaDevices({ nvidia }: Machine, cudaVersion: string, variables: Variables): TorchDevice[] {
  if (nvidia === null) return [];
  const { fault, driver } = readDriverWishes(variables);
  // CUDA runs on every driver of its own major version's first branch and later.
  const firstBranch = cudaVersion.startsWith('12.') ? 525 : 450;
  if (faultsWithoutDriver.includes(fault?.name ?? '') || branchOf(driver ?? nvidia.driver) < firstBranch) return [];
  return nvidia.busIds.map(() => ({ name: nvidia.model.name, totalBytes: nvidia.model.usableMiB * 2 ** 20 }));
}
