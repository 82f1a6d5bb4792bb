import { firstAddress, planHost } from '../engine/plan.ts';
import { rebuildFrom } from '../engine/rebuild.ts';
import type { RunRecord } from '../store/store.ts';
import type { Context } from './context.ts';

/** Asks each host that the pattern names for the runs that it has kept, and puts those that the store does not know into it. */
export async function rebuildStore(
  context: Context,
  pattern: string,
  { takeOver }: { takeOver: boolean },
): Promise<{ added: RunRecord[]; lines: string[] }> {
  const hosts = await context.selectHosts(pattern);
  const parts = await context.engineParts();
  const added: RunRecord[] = [];
  const lines: string[] = [];
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
