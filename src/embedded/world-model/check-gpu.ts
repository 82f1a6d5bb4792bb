import { requireDevice } from '../python/torch.ts';
import type { Torch } from '../python/torch.ts';
import { requireCheckpoint } from '../training/checkpoint.ts';
import { PretendFailure } from '../training/failure.ts';

export const cpuCheckpoint = 'experiments/cpu_test/checkpoints/step_1000.pt';

/** The steps of the smoke test, in their order. What needs a GPU fails where PyTorch finds none. */
const steps: ReadonlyMap<string, (torch: Torch) => string> = new Map(
  Object.entries<(torch: Torch) => string>({
    import: ({ build }) => `torch ${build} imported`,
    available: ({ devices }) => `CUDA available: ${devices.length > 0 ? 'True' : 'False'}`,
    device: (torch) => {
      const { name, totalBytes } = requireDevice(torch);
      return `GPU: ${name}\nGPU memory: ${(totalBytes / 1e9).toFixed(1)} GB`;
    },
    tensor: (torch) => `tensor of 100 on ${placeOf(torch)}`,
    model: (torch) => `WorldModel on ${placeOf(torch)}`,
    forward: (torch) => `forward pass with inputs (1, 34) and (1, 3) on ${placeOf(torch)}: state (1, 34), reward (1, 1)`,
    backward: (torch) => `backward pass on ${placeOf(torch)}: every parameter has a gradient`,
    checkpoint: (torch) => {
      placeOf(torch);
      requireCheckpoint(cpuCheckpoint);
      return 'Checkpoint loaded successfully';
    },
  }),
);

/** `scripts/check_gpu.py STEP`. Returns what it prints. */
export function checkGpu(args: string[], torch: Torch): string {
  const [name, ...more] = args;
  const step = steps.get(name ?? '');
  if (step !== undefined && more.length === 0) return `${step(torch)}\n`;
  throw new PretendFailure(
    `usage: check_gpu.py {${[...steps.keys()].join(',')}}\ncheck_gpu.py: error: expected one step, got "${args.join(' ')}"`,
    2,
  );
}

function placeOf(torch: Torch): string {
  requireDevice(torch);
  return 'cuda:0';
}
