import type { Size } from '../language/units.ts';
import { formatSize } from '../language/units.ts';
import { holdsModel, isAbout } from './accelerator-match.ts';
import { listAccelerators, type Accelerator } from './accelerators.ts';
import type { Facts } from './facts.ts';
import type { RequirementRow } from './requirements.ts';

export interface DeclaredRules {
  vendor: 'nvidia' | 'amd' | 'google';
  model: string;
  count: number;
  memory: Size | null;
}

/** Whether the inventory tells the truth about a host: one row, naming everything that differs. */
export function compareDeclared(declared: DeclaredRules | null, facts: Facts): RequirementRow {
  const name = 'declared accelerators';
  if (declared === null) {
    return { name, result: 'skip', expected: 'nothing declared', observed: null, message: 'the inventory declares none' };
  }
  const memory = declared.memory === null ? '' : ` of ${declared.memory.text}`;
  const expected = `${declared.count} × ${declared.vendor} ${declared.model}${memory}`;
  if (declared.vendor !== 'nvidia') {
    const message = `not yet: accelerators of vendor "${declared.vendor}" cannot be looked at`;
    return { name, result: 'error', expected, observed: null, message };
  }
  const all = listAccelerators(facts.accelerators);
  if (all === null) return { name, result: 'error', expected, observed: null, message: explainFailure(facts) };
  const observed = all.length === 0 ? 'none' : all.map(describe).join(', ');
  const differences = findDifferences(declared, all);
  if (differences.length > 0) {
    return { name, result: 'fail', expected, observed, message: `the inventory says otherwise: ${differences.join('; ')}` };
  }
  const isKnown = all.every(({ model, memoryBytes }) => model !== null && (declared.memory === null || memoryBytes !== null));
  if (!isKnown)
    return { name, result: 'error', expected, observed, message: 'the model or the memory of an accelerator is not known' };
  return { name, result: 'pass', expected, observed, message: null };
}

/** What is unknown is no proof of a difference. */
function findDifferences({ model, count, memory }: DeclaredRules, all: Accelerator[]): string[] {
  const differences = all.length === count ? [] : [`${all.length} accelerators instead of ${count}`];
  for (const accelerator of all) {
    const who = `accelerator ${accelerator.index ?? '?'}`;
    if (accelerator.model !== null && !holdsModel(accelerator.model, model)) differences.push(`${who} is "${accelerator.model}"`);
    if (memory === null || accelerator.memoryBytes === null || isAbout(accelerator.memoryBytes, memory)) continue;
    differences.push(`${who} has ${formatSize(accelerator.memoryBytes)}`);
  }
  return differences;
}

function explainFailure({ accelerators: answer }: Facts): string | null {
  return answer.kind === 'failed' ? answer.message : null;
}

function describe({ model, memoryBytes }: Accelerator): string {
  return `${model ?? 'unknown model'}${memoryBytes === null ? '' : ` (${formatSize(memoryBytes)})`}`;
}
