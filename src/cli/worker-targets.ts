import type { Connection } from '../ssh/transport.ts';
import type { Context } from './context.ts';
import { selectTargets } from './select-targets.ts';

/** A worker of a host that a pattern names, and the way to it. */
export interface WorkerTarget {
  host: string;
  worker: number;
  setup: string;
  connect: () => Promise<Connection>;
}

/** Every worker of the hosts. A host whose workers are not known yet stands there once, and fails when it is to be reached. */
export async function listWorkerTargets(context: Context, pattern: string): Promise<WorkerTarget[]> {
  const { planReach } = await import('../engine/plan.ts');
  const hosts = await selectTargets(context, pattern);
  const { connect } = await context.reachWorkers();
  return hosts.flatMap((host) => {
    const workers = host.reach.kind === 'ssh' ? host.reach.workers : [{ index: 0, address: null }];
    return workers.map(({ index, address }) => ({
      host: host.name,
      worker: index,
      setup: host.setup,
      connect: async () => connect({ name: host.name, reach: planReach(host) }, address),
    }));
  });
}
