import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { OwnMachine } from '../own-machine.ts';
import { PretendFailure } from '../training/failure.ts';
import { readLimits } from '../training/limits.ts';
import { train } from '../training/trainer.ts';
import { checkModel, trainEeg } from '../eeg-challenge/train.ts';
import { buildDataset } from '../trm/dataset.ts';
import { trainTrm } from '../trm/train.ts';
import { checkGpu } from '../world-model/check-gpu.ts';
import { trainWorldModel } from '../world-model/train.ts';
import { validateConfig } from '../world-model/validate-config.ts';
import { requireModule } from './one-liners.ts';
import type { CodeContext } from './one-liners.ts';
import { requireDevice } from './torch.ts';

/** Runs a script of a workspace, which is known by its name. False when it is none of them. */
export async function runScript(
  path: string,
  args: string[],
  context: CodeContext,
  { pretendDir, machine }: OwnMachine,
): Promise<boolean> {
  const { interpreter, torch } = context;
  const python = interpreter.executable;
  const limitsOf = (shortened: string) =>
    readLimits(process.env, args.some((arg) => arg.startsWith(shortened)) ? shortRunSeconds : undefined);
  const scripts: Record<string, () => void | Promise<void>> = {
    'train_showcase.py': async () => {
      const { build, cudaVersion, devices } = torch();
      const built = { python: interpreter.version, torch: build, cuda: cudaVersion };
      await train({ pretendDir, python, build: built, cards: devices }, readLimits(process.env));
    },
    'train.py': async () => {
      const found = torch();
      await trainWorldModel(args, { pretendDir, python, requireDevice: () => requireDevice(found) }, limitsOf('--max-steps'));
    },
    'train_challenge2_r1r2.py': () => trainEeg(args, { pretendDir, python, torch: torch() }, readLimits(process.env)),
    'train_tpu.py': async () => {
      requireModule('torch_xla', interpreter);
      await trainTrm(args, { pretendDir, python, tpu: machine.tpu }, limitsOf('--max_steps'));
    },
    'build_sudoku_dataset.py': () => void process.stdout.write(buildDataset(args)),
    'check_model.py': () => void process.stdout.write(checkModel(args)),
    'validate_config.py': () => void process.stdout.write(validateConfig(args)),
    'check_gpu.py': () => void process.stdout.write(checkGpu(args, torch())),
  };
  const name = basename(path);
  if (!Object.hasOwn(scripts, name)) return false;
  if (!existsSync(path)) {
    throw new PretendFailure(`${python}: can't open file '${path}': [Errno 2] No such file or directory`, 2);
  }
  await scripts[name]?.();
  return true;
}

/** A run that is cut short by its number of steps takes no longer than this, if nobody says otherwise. */
const shortRunSeconds = 3;
