import { PretendFailure } from '../training/failure.ts';

export interface TrmArguments {
  /** An experiment, by its name. */
  config: string;
  runName: string;
  /** Null: as many as the configuration says. */
  maxSteps: number | null;
}

const usage = 'usage: train_tpu.py [-h] --config CONFIG --run_name RUN_NAME [--max_steps MAX_STEPS]';
const names = ['--config', '--run_name', '--max_steps'];

export function parseTrmArguments(args: string[]): TrmArguments {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const [name = '', value] = (args[at] ?? '').split('=');
    if (!names.includes(name)) throw refuse(`unrecognized arguments: ${args[at]}`);
    options.set(name, value ?? args[(at += 1)] ?? '');
  }
  const [config, runName, maxSteps] = names.map((name) => options.get(name));
  if (config === undefined || runName === undefined) {
    throw refuse('the following arguments are required: --config, --run_name');
  }
  if (!/^[\w.-]+$/.test(runName)) throw refuse(`argument --run_name: expected a name, got '${runName}'`);
  if (maxSteps !== undefined && !/^[1-9]\d{0,8}$/.test(maxSteps)) {
    throw refuse(`argument --max_steps: invalid int value: '${maxSteps}'`);
  }
  return { config, runName, maxSteps: maxSteps === undefined ? null : Number(maxSteps) };
}

function refuse(problem: string): PretendFailure {
  return new PretendFailure(`${usage}\ntrain_tpu.py: error: ${problem}`, 2);
}
