import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { PretendFailure } from './training/failure.ts';

/**
 * Adds what `~/.pretend/faults` asks for: lines `NAME=value`, of the names that also reach the host from the environment of fleet. What
 * the environment says already, stays.
 */
export function applyFaultsFile(pretendDir: string, environment: NodeJS.ProcessEnv): void {
  const path = join(pretendDir, 'faults');
  readLines(path).forEach((whole, index) => {
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) return;
    const [, name, value] = /^([A-Z_0-9]+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !isWish(name)) {
      throw new PretendFailure(`${path}: line ${index + 1}: expected PRETEND_NAME=value, got "${line}"`, 2);
    }
    environment[name] ??= value;
  });
}

/** The variables by which a person asks a machine to pretend something; HSA_OVERRIDE_GFX_VERSION is the real one of ROCm. */
export function isWish(name: string): boolean {
  return /^PRETEND_[A-Z_]+$/.test(name) || name === 'HSA_OVERRIDE_GFX_VERSION';
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
