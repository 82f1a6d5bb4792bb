import type { Size } from '../language/units.ts';
import { formatSize } from '../language/units.ts';
import { holdsModel, isAbout } from './accelerator-match.ts';
import { listAccelerators, type Accelerator } from './accelerators.ts';
import type { Facts } from './facts.ts';
import type { RequirementRow } from './requirement-rules.ts';

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
  const expected = describeDeclared(declared);
  const all = listAccelerators(facts.accelerators)?.filter(({ vendor }) => vendor === declared.vendor) ?? null;
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

export function describeDeclared({ vendor, model, count, memory }: DeclaredRules): string {
  return `${count} × ${vendor} ${model}${memory === null ? '' : ` of ${memory.text}`}`;
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
