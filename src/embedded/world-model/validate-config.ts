import { readWorldModelConfig } from './config.ts';

/** `scripts/validate_config.py [FILE]`. Returns what it prints. */
export function validateConfig([file = 'configs/base.yaml']: string[]): string {
  const { steps, saveEvery } = readWorldModelConfig(file, 'cpu', null);
  return `${file}: ok, ${steps} steps, a checkpoint every ${saveEvery}\n`;
}
