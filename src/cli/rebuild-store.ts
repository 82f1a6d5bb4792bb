import { firstAddress, planHost } from '../engine/plan.ts';
import { rebuildFrom } from '../engine/rebuild.ts';
import { setAsideCorruptDatabase } from '../store/set-aside.ts';
import type { RunRecord } from '../store/records.ts';
import type { Context } from './context.ts';

/** Sets a database that cannot be used aside, asks each host that the pattern names for the runs that it has kept, and puts those that the store does not know into it. */
export async function rebuildStore(
  context: Context,
  pattern: string,
  { takeOver }: { takeOver: boolean },
): Promise<{ added: RunRecord[]; lines: string[] }> {
  const hosts = await context.selectHosts(pattern);
  const aside = setAsideCorruptDatabase(context.stateDir, context.clock.now());
  const parts = await context.engineParts();
  const added: RunRecord[] = [];
  const lines = aside === null ? [] : [`the database could not be used; it lies now in "${aside}", and a new one was made`];
  for (const host of hosts) {
    const reached = { host: planHost(host), address: firstAddress(host) };
    const rebuilt = await rebuildFrom(parts, reached, { takeOver, signal: new AbortController().signal });
    const runs = rebuilt.added.flatMap((id) => parts.store.readRun(id) ?? []);
    added.push(...runs);
    lines.push(
      `${host.name}: ${rebuilt.added.length} runs rebuilt, ${rebuilt.known.length} known already`,
      ...runs.map(({ id, playbook, state }) => `  ${id}  ${playbook}  ${state}`),
      ...rebuilt.left.map((why) => `  ${why}`),
    );
  }
  return { added, lines };
}
