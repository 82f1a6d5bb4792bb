import { listAccelerators } from './accelerators.ts';
import type { Facts } from './facts.ts';

/** Further apart than this, times in logs and files of several workers cannot be put beside each other. */
const clockSeconds = 5;

/** Something that the workers of a run should have in common, and what each has, in their order. Null is unknown. */
export interface Trait {
  name: string;
  values: (string | null)[];
}

/** What is not the same on every worker. What is unknown is no difference. */
export function findUnlike(all: readonly Facts[]): Trait[] {
  const traits: Trait[] = [
    trait('operating system', all, ({ os }) => os),
    trait('kernel', all, ({ kernel }) => kernel),
    trait('architecture', all, ({ architecture }) => architecture),
    trait('CPUs', all, ({ cpuCount }) => (cpuCount === null ? null : String(cpuCount))),
    trait('python', all, ({ python }) => python),
    trait('accelerators', all, describeAccelerators),
    trait('driver', all, describeDrivers),
  ];
  const clocks = trait('clock', all, ({ clock }) => (clock === null ? null : describeOffset(clock.offsetSeconds)));
  return [...traits.filter(differs), ...(areClocksApart(all) ? [clocks] : [])];
}

function trait(name: string, all: readonly Facts[], read: (facts: Facts) => string | null): Trait {
  return { name, values: all.map(read) };
}

function differs({ values }: Trait): boolean {
  return new Set(values.filter((value) => value !== null)).size > 1;
}

function describeAccelerators({ accelerators }: Facts): string | null {
  const listed = listAccelerators(accelerators);
  if (listed === null) return null;
  if (listed.length === 0) return 'none';
  const models = [...new Set(listed.map(({ model }) => model ?? 'unknown'))].sort();
  return `${listed.length} × ${models.join(', ')}`;
}

function describeDrivers({ accelerators }: Facts): string | null {
  const drivers = [...new Set(listAccelerators(accelerators)?.flatMap(({ driver }) => driver ?? []))].sort();
  return drivers.length === 0 ? null : drivers.join(', ');
}

function areClocksApart(all: readonly Facts[]): boolean {
  const offsets = all.flatMap(({ clock }) => clock?.offsetSeconds ?? []);
  return offsets.length > 1 && Math.max(...offsets) - Math.min(...offsets) > clockSeconds;
}

function describeOffset(seconds: number): string {
  return `${seconds >= 0 ? '+' : ''}${seconds.toFixed(1)} s`;
}
