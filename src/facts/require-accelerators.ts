import { formatSize, type Size } from '../language/units.ts';
import { holdsModel, isAtLeast, memoryTolerance } from './accelerator-match.ts';
import type { Accelerator } from './accelerators.ts';
import type { Facts } from './facts.ts';
import type { RequirementRow, RequirementRules, Verdict } from './requirement-rules.ts';
import { unknown } from './require-version.ts';

export function compareAccelerators(wanted: NonNullable<RequirementRules['accelerators']>, facts: Facts): RequirementRow[] {
  const { vendor, model, count, memory } = wanted;
  const expectations: [string, string | null, (accelerators: Accelerator[]) => Verdict][] = [
    ['accelerator vendor', vendor, (all) => ({ result: 'pass', observed: all[0]?.vendor ?? '', message: null })],
    ['accelerator model', model, (all) => compareModel(model ?? '', all)],
    ['accelerator count', count === null ? null : `at least ${count}`, (all) => compareCount(count ?? 0, all, facts)],
    [
      'accelerator memory',
      memory === null ? null : `${memory.text} each, at most ${memoryTolerance * 100} % of it reserved`,
      (all) => compareMemory(memory, all),
    ],
  ];
  const listed = listOf(vendor, facts);
  return expectations.flatMap(([name, expected, compare]) => {
    if (expected === null) return [];
    return [{ name, expected, ...(Array.isArray(listed) ? compare(listed) : listed) }];
  });
}

/** The accelerators of the vendor, or what every row says when there is none. */
function listOf(vendor: string | null, { accelerators: answer }: Facts): Accelerator[] | Verdict {
  switch (answer.kind) {
    case 'found': {
      const ours = answer.accelerators.filter((accelerator) => vendor === null || accelerator.vendor === vendor);
      if (ours.length > 0) return ours;
      const others = summarize(
        answer.accelerators.map((accelerator) => `${accelerator.vendor} ${accelerator.model ?? 'unknown'}`),
      );
      return { result: 'fail', observed: others, message: `none of them is of ${vendor ?? ''}` };
    }
    case 'none':
      return { result: 'fail', observed: 'none', message: 'the driver says that there are no devices' };
    case 'no-tool':
      return { result: 'fail', observed: 'none', message: "no vendor's tool is there: nvidia-smi, rocm-smi, amd-smi, or a TPU" };
    case 'failed':
      return unknown(answer.message);
  }
}

function compareModel(model: string, all: Accelerator[]): Verdict {
  const observed = summarize(all.map((accelerator) => accelerator.model ?? 'unknown'));
  const notes = [...new Set(all.flatMap(({ note }) => note ?? []))].join('; ');
  if (all.some((accelerator) => accelerator.model === null))
    return { ...unknown(notes === '' ? 'the model of an accelerator is not known' : notes), observed };
  const others = all.filter((accelerator) => accelerator.model !== null && !holdsModel(accelerator.model, model));
  return { result: others.length === 0 ? 'pass' : 'fail', observed, message: notes === '' ? null : notes };
}

/** Those in trouble do not count. */
function compareCount(count: number, all: Accelerator[], { accelerators: answer }: Facts): Verdict {
  const healthy = all.filter((accelerator) => accelerator.healthy);
  const trouble = all
    .filter((accelerator) => !accelerator.healthy)
    .map(({ index }) => `accelerator ${index ?? '?'} is in trouble`);
  const message = [...trouble, ...(answer.kind === 'found' ? answer.problems : [])].join('; ');
  const observed = trouble.length === 0 ? String(all.length) : `${healthy.length} healthy of ${all.length}`;
  return { result: healthy.length >= count ? 'pass' : 'fail', observed, message: message === '' ? null : message };
}

function compareMemory(memory: Size | null, all: Accelerator[]): Verdict {
  const sizes = all.map(({ memoryBytes }) => memoryBytes);
  const observed = summarize(sizes.map((bytes) => (bytes === null ? 'unknown' : formatSize(bytes))));
  if (memory === null || sizes.includes(null)) return { ...unknown('the memory of an accelerator is not known'), observed };
  return { result: sizes.every((bytes) => isAtLeast(bytes ?? 0, memory)) ? 'pass' : 'fail', observed, message: null };
}

/** `2 × A, 1 × B`; a single kind that occurs once stands alone. */
function summarize(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (names.length === 1 ? name : `${count} × ${name}`)).join(', ');
}
