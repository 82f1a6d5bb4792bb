import { parsePositiveDuration } from '../language/units.ts';
import type { Gang } from './playbook.ts';
import type { Reader } from './reader.ts';
import { gangRulesSchema } from './schema.ts';
import { partAt, takeSound } from './sections.ts';

const defaultWithinSeconds = 120;

export function buildGang(reader: Reader, playbook: unknown): Gang | null {
  const part = partAt(playbook, 'gang');
  if (part === undefined || part === false) return null;
  const file = takeSound(gangRulesSchema, part === true ? {} : part);
  if (file === null) return null;
  const { within, ready = null } = file;
  if (ready !== null) reader.pattern(['gang', 'ready'], ready);
  return {
    withinSeconds:
      within === undefined ? defaultWithinSeconds : reader.read(['gang', 'within'], () => parsePositiveDuration(within), 0),
    ready,
    onFailure: file['on-failure'] ?? 'stop',
    processesPerWorker: file['processes-per-worker'] ?? 1,
  };
}
