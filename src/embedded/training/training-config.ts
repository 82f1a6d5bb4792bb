import { readFileSync } from 'node:fs';
import { messageOf, systemCode } from '../../errors.ts';
import { parseConfig } from './config-file.ts';
import type { ConfigValues } from './config-file.ts';
import { pythonError } from './failure.ts';

export interface TrainingConfig {
  /** The config file; null: none was given, and a toy model is trained. */
  file: string | null;
  steps: number;
  /** What the schedule of the learning rate and the loss are laid out for. */
  scheduledSteps: number;
  saveEvery: number;
  outDir: string;
  learningRate: number;
  seed: number;
  checkpointBytes: number;
  tokensPerSecond: number;
  memory: { allocatedMiB: number; reservedMiB: number };
  utilizationPercent: number;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** What CONFIG says, or the toy model where it says nothing: small, fast, and in the same folder, so that it passes for the real thing. */
export function readTrainingConfig(variables: Variables): TrainingConfig {
  const file = variables['CONFIG'];
  if (file === undefined || file === '') return makeToy(variables);
  const values = readConfigFile(file);
  const steps = readNumber(values, 'train.steps', 1);
  return {
    file,
    steps,
    scheduledSteps: steps,
    saveEvery: readNumber(values, 'train.save_every', 0),
    outDir: readText(values, 'train.out_dir'),
    learningRate: readNumber(values, 'train.lr', 0),
    seed: values.has('train.seed') ? readNumber(values, 'train.seed', 0) : 1337,
    checkpointBytes: 501_219_328,
    tokensPerSecond: 47,
    memory: { allocatedMiB: 25_900, reservedMiB: 26_880 },
    utilizationPercent: 94,
  };
}

function makeToy(variables: Variables): TrainingConfig {
  return {
    file: null,
    steps: 50_000,
    scheduledSteps: 50_000,
    saveEvery: 5_000,
    outDir: variables['OUT_DIR'] ?? 'artifacts/train_showcase',
    learningRate: 2e-4,
    seed: 1337,
    checkpointBytes: 2_100_224,
    tokensPerSecond: 970,
    memory: { allocatedMiB: 610, reservedMiB: 1_350 },
    utilizationPercent: 17,
  };
}

/** The values of a config file, or what Python would raise. */
export function readConfigFile(file: string): ConfigValues {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw pythonError(`FileNotFoundError: [Errno 2] No such file or directory: '${file}'`);
    throw error;
  }
  try {
    return parseConfig(text);
  } catch (error) {
    throw pythonError(`yaml.scanner.ScannerError: ${file}: ${messageOf(error)}`);
  }
}

export function readNumber(values: ConfigValues, key: string, least: number): number {
  const value = readValue(values, key);
  if (typeof value === 'number' && value >= least) return value;
  throw pythonError(`ValueError: ${key}: expected a number of at least ${least}, got ${JSON.stringify(value)}`);
}

export function readText(values: ConfigValues, key: string): string {
  const value = readValue(values, key);
  if (typeof value === 'string') return value;
  throw pythonError(`ValueError: ${key}: expected text, got ${JSON.stringify(value)}`);
}

function readValue(values: ConfigValues, key: string) {
  const value = values.get(key);
  if (value === undefined) throw pythonError(`omegaconf.errors.ConfigAttributeError: Missing key ${key}`);
  return value;
}
