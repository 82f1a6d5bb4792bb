import { basename, join } from 'node:path';
import { pythonError } from '../training/failure.ts';
import { readConfigFile, readNumber, readText } from '../training/training-config.ts';
import type { TrainingConfig } from '../training/training-config.ts';

export type Device = 'cpu' | 'cuda';

export interface WorldModelConfig extends TrainingConfig {
  logEvery: number;
  device: Device;
}

/** Reads a config of the repository; `maxSteps` stops before what its schedule is laid out for. */
export function readWorldModelConfig(file: string, device: Device, maxSteps: number | null): WorldModelConfig {
  const values = readConfigFile(file);
  for (const [key, expected] of [
    ['model.state_dim', 34],
    ['model.action_dim', 3],
  ] as const) {
    const found = readNumber(values, key, 1);
    if (found !== expected) throw pythonError(`ValueError: ${key}: the environment has ${expected}, got ${found}`);
  }
  const scheduledSteps = readNumber(values, 'train.max_steps', 1);
  return {
    file,
    steps: maxSteps ?? scheduledSteps,
    scheduledSteps,
    saveEvery: readNumber(values, 'train.save_every', 0),
    outDir: join(readText(values, 'train.out_dir'), `${basename(file, '.yaml')}_${device}`),
    learningRate: readNumber(values, 'train.lr', 0),
    // The same course, and a little noise that differs: no two devices add in the same order.
    seed: readNumber(values, 'train.seed', 0) + (device === 'cuda' ? 1_000 : 0),
    checkpointBytes: 48_234_496,
    tokensPerSecond: device === 'cuda' ? 1_900 : 60,
    memory: { allocatedMiB: 4_310, reservedMiB: 4_790 },
    utilizationPercent: 93,
    logEvery: readNumber(values, 'train.log_every', 1),
    device,
  };
}
