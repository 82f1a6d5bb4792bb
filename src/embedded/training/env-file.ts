import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rank } from './rank.ts';
import type { TrainingConfig } from './training-config.ts';

/** What the trainer runs on. */
export interface Build {
  python: string;
  torch: string;
  cuda: string | null;
}

const recorded = /^(NSA_|NCCL_)|^(CONFIG|PYTORCH_CUDA_ALLOC_CONF|OUT_DIR)$/;

/** Records what the run was started with, in `env.json`. Only variables of its own kind: others may be secrets. */
export function writeEnvFile(config: TrainingConfig, { worldSize }: Rank, built: Build, variables: NodeJS.ProcessEnv): void {
  const env = Object.fromEntries(Object.entries(variables).filter(([name]) => recorded.test(name)));
  const content = {
    pretend: true,
    python: built.python,
    torch: built.torch,
    cuda: built.cuda,
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
