import { PretendFailure } from '../training/failure.ts';

export interface EegArguments {
  batchSize: number;
  numWorkers: number;
  maxEpochs: number;
  note: string;
  /** A checkpoint; null: from the beginning. */
  resume: string | null;
}

const usage =
  'usage: train_challenge2_r1r2.py [-h] [--batch-size BATCH_SIZE] [--num-workers NUM_WORKERS] [--max-epochs MAX_EPOCHS] [--note NOTE] [--resume RESUME]';
const names = ['--batch-size', '--num-workers', '--max-epochs', '--note', '--resume'];

export function parseArguments(args: string[]): EegArguments {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const [, name = '', value] = /^(--[\w-]+)(?:=(.*))?$/s.exec(args[at] ?? '') ?? [];
    if (!names.includes(name)) throw refuse(`unrecognized arguments: ${args[at]}`);
    options.set(name, value ?? args[(at += 1)] ?? '');
  }
  return {
    batchSize: readCount(options, '--batch-size', 8),
    numWorkers: readCount(options, '--num-workers', 2),
    maxEpochs: readCount(options, '--max-epochs', 20),
    note: options.get('--note') ?? '',
    resume: options.get('--resume') ?? null,
  };
}

function readCount(options: ReadonlyMap<string, string>, name: string, usual: number): number {
  const text = options.get(name) ?? String(usual);
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw refuse(`argument ${name}: invalid int value: '${text}'`);
}

function refuse(problem: string): PretendFailure {
  return new PretendFailure(`${usage}\ntrain_challenge2_r1r2.py: error: ${problem}`, 2);
}
