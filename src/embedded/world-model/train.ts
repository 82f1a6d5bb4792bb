import { useCard } from '../card-use.ts';
import type { TorchDevice } from '../python/torch.ts';
import { PretendFailure } from '../training/failure.ts';
import { readFaults } from '../training/faults.ts';
import type { Limits } from '../training/limits.ts';
import { visibleCard } from '../training/rank.ts';
import { answerStackDumps, takeSteps } from '../training/steps.ts';
import type { Run } from '../training/run.ts';
import { contextMiB } from '../training/trainer.ts';
import { readWorldModelConfig } from './config.ts';
import type { Device } from './config.ts';
import { openWorldModelOutputs } from './outputs.ts';

export interface WorldModelPlaces {
  pretendDir: string;
  python: string;
  /** The first card, or what PyTorch raises where there is none. */
  requireDevice(): TorchDevice;
}

/** Pretends to be `train.py --config FILE --device cpu|cuda [--max-steps N]`. */
export async function trainWorldModel(args: string[], places: WorldModelPlaces, limits: Limits): Promise<void> {
  const { config: file, device, maxSteps } = parseArguments(args);
  const faults = readFaults(process.env);
  const config = readWorldModelConfig(file, device, maxSteps);
  const card = device === 'cuda' ? places.requireDevice() : null;
  const outputs = openWorldModelOutputs(config, faults.has('partial-lines'));
  const rank = { rank: 0, localRank: 0, worldSize: 1 };
  const use = (utilizationPercent: number) =>
    useCard(places.pretendDir, {
      card: visibleCard(process.env, 0),
      processName: places.python,
      memoryMiB: config.memory.reservedMiB + contextMiB,
      utilizationPercent,
    });
  const run: Run = {
    script: 'train.py',
    config,
    rank,
    faults,
    limits,
    outputs,
    card: card === null ? null : { ...card, idle: () => void use(0) },
    pretendDir: places.pretendDir,
    step: 0,
    gotTerm: false,
  };
  answerStackDumps(run);
  outputs.say(
    `pretend trainer, pid ${process.pid}: ${file} on ${card?.name ?? 'cpu'}, ${config.steps} steps, out_dir ${config.outDir}`,
  );
  const leaveCard = card === null ? null : use(config.utilizationPercent);
  try {
    await takeSteps(run);
  } finally {
    outputs.finish();
    leaveCard?.();
  }
}

interface Arguments {
  config: string;
  device: Device;
  maxSteps: number | null;
}

const usage = 'usage: train.py [-h] --config CONFIG [--device {cpu,cuda}] [--max-steps MAX_STEPS]';

function parseArguments(args: string[]): Arguments {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const [name = '', value] = (args[at] ?? '').split('=');
    if (!['--config', '--device', '--max-steps'].includes(name)) throw refuse(`unrecognized arguments: ${args[at]}`);
    options.set(name, value ?? args[(at += 1)] ?? '');
  }
  const config = options.get('--config');
  const device = options.get('--device') ?? 'cuda';
  const maxSteps = options.get('--max-steps');
  if (config === undefined) throw refuse('the following arguments are required: --config');
  if (device !== 'cpu' && device !== 'cuda')
    throw refuse(`argument --device: invalid choice: '${device}' (choose from 'cpu', 'cuda')`);
  if (maxSteps !== undefined && !/^[1-9]\d{0,8}$/.test(maxSteps))
    throw refuse(`argument --max-steps: invalid int value: '${maxSteps}'`);
  return { config, device, maxSteps: maxSteps === undefined ? null : Number(maxSteps) };
}

function refuse(problem: string): PretendFailure {
  return new PretendFailure(`${usage}\ntrain.py: error: ${problem}`, 2);
}
