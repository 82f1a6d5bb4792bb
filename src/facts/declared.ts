import type { Size } from '../language/units.ts';
import { ownChecks } from '../lifecycle/own-checks.ts';
import { describeMemory, holdsModel, isAbout } from './accelerator-match.ts';
import { listAccelerators, type Accelerator, type Vendor } from './accelerators.ts';
import type { Facts } from './facts.ts';
import type { RequirementRow } from './requirement-rules.ts';

export interface DeclaredRules {
  vendor: Vendor;
  model: string;
  count: number;
  memory: Size | null;
}

/** `2 × nvidia A100 of 80GB` */
export function describeDeclared(declared: DeclaredRules | null): string | null {
  if (declared === null) return null;
  const memory = declared.memory === null ? '' : ` of ${declared.memory.text}`;
  return `${declared.count} × ${declared.vendor} ${declared.model}${memory}`;
}

/** Whether the inventory tells the truth about a host: one row, naming everything that differs. Of other vendors it says nothing. */
export function compareDeclared(declared: DeclaredRules | null, facts: Facts): RequirementRow {
  const name = ownChecks.declaredAccelerators;
  if (declared === null) {
    return { name, result: 'skip', expected: 'nothing declared', observed: null, message: 'the inventory declares none' };
  }
  const expected = describeDeclared(declared) ?? '';
  const listed = listAccelerators(facts.accelerators)?.filter(({ vendor }) => vendor === declared.vendor);
  if (listed === undefined) return { name, result: 'error', expected, observed: null, message: explainFailure(facts) };
  // A card of another kind beside them, as one in the processor, is not what was declared.
  const fitting = listed.filter((accelerator) => findDifference(declared, accelerator).length === 0);
  const all = fitting.length === declared.count ? fitting : listed;
  const observed = all.length === 0 ? 'none' : all.map(describe).join(', ');
  const differences = findDifferences(declared, all, countOf(all, facts));
  if (differences.length > 0) {
    const said = facts.accelerators.kind === 'none' ? (facts.accelerators.because ?? []) : [];
    const message = [`the inventory says otherwise: ${differences.join('; ')}`, said].flat().join('; ');
    return { name, result: 'fail', expected, observed, message };
  }
  const isKnown = all.every(({ model, memoryBytes }) => {
    // A TPU tells of its memory only while a process uses it.
    const isMemoryKnown = memoryBytes !== null || declared.memory === null || declared.vendor === 'google';
    return isMemoryKnown && model !== null && holdsModel(model, declared.model) !== null;
  });
  if (isKnown) return { name, result: 'pass', expected, observed, message: null };
  return { name, result: 'error', expected, observed, message: 'the model or the memory of an accelerator is not known' };
}

/** What is declared counts all workers of a host; a worker of a TPU slice tells of all its chips. */
function countOf(all: Accelerator[], { tpu }: Facts): number {
  return all.some(({ vendor }) => vendor === 'google') ? (tpu?.chips ?? all.length) : all.length;
}

function findDifferences(declared: DeclaredRules, all: Accelerator[], found: number): string[] {
  const count = found === declared.count ? [] : [`${found} accelerators instead of ${declared.count}`];
  return [...count, ...all.flatMap((accelerator) => findDifference(declared, accelerator))];
}

/** What is unknown is no proof of a difference. */
function findDifference({ model, memory }: DeclaredRules, accelerator: Accelerator): string[] {
  const who = `accelerator ${accelerator.index ?? '?'}`;
  const isOther = accelerator.model !== null && holdsModel(accelerator.model, model) === false;
  const isAsLarge = memory === null || accelerator.memoryBytes === null || isAbout(accelerator.memoryBytes, memory);
  return [
    ...(isOther ? [`${who} is "${accelerator.model}"`] : []),
    ...(isAsLarge ? [] : [`${who} has ${describeMemory(accelerator.memoryBytes ?? 0)}`]),
  ];
}

function explainFailure({ accelerators: answer }: Facts): string | null {
  return answer.kind === 'failed' ? answer.message : null;
}

function describe({ model, memoryBytes }: Accelerator): string {
  return `${model ?? 'unknown model'}${memoryBytes === null ? '' : `, ${describeMemory(memoryBytes)}`}`;
}
