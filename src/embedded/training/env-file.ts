import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rank } from './rank.ts';
import type { TrainingConfig } from './training-config.ts';

export const pythonVersion = '3.11.9';
export const torchVersion = '2.7.1+cu121';

const recorded = /^(NSA_|NCCL_)|^(CONFIG|PYTORCH_CUDA_ALLOC_CONF|OUT_DIR)$/;

/** Records what the run was started with, in `env.json`. Only variables of its own kind: others may be secrets. */
export function writeEnvFile(config: TrainingConfig, { worldSize }: Rank, variables: NodeJS.ProcessEnv): void {
  const env = Object.fromEntries(Object.entries(variables).filter(([name]) => recorded.test(name)));
  const content = {
    pretend: true,
    python: pythonVersion,
    torch: torchVersion,
    cuda: '12.1',
    world_size: worldSize,
    pid: process.pid,
    started: new Date().toISOString(),
    config: config.file,
    model: config.file === null ? 'toy' : 'm7c_125m',
    steps: config.steps,
    env,
  };
  writeFileSync(join(config.outDir, 'env.json'), `${JSON.stringify(content, null, 2)}\n`);
}
