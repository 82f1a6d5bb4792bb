import type { Host } from '../inventory/host.ts';
import { hostOf } from '../language/place.ts';
import type { Context } from './context.ts';

/** The hosts and slots that a pattern names, to work on. An embedded one that this version does not pretend to be is refused before anything is touched. */
export async function selectTargets(context: Context, pattern: string): Promise<Host[]> {
  const hosts = await context.selectPlaces(pattern);
  const { requireMachineOf } = await import('../embedded/machines.ts');
  for (const { name, reach } of hosts) if (reach.kind === 'embedded') requireMachineOf({ name: hostOf(name), ...reach });
  return hosts;
}
