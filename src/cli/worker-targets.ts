import type { Host } from '../inventory/host.ts';
import { listWorkers } from '../inventory/workers.ts';
import type { Connection } from '../ssh/transport.ts';
import type { Context } from './context.ts';

export interface WorkerTarget {
  host: string;
  worker: number;
  setup: string;
  connect: () => Promise<Connection>;
}

/** Every worker of the hosts that a pattern names. A host whose workers are not known yet stands there once, and fails when it is to be reached. */
export async function selectWorkers(context: Context, pattern: string): Promise<WorkerTarget[]> {
  const [hosts, { connect }, { planReach }] = await Promise.all([
    context.selectHosts(pattern),
    context.reachWorkers(),
    import('../engine/plan.ts'),
  ]);
  return hosts.flatMap((host) =>
    reachableWorkers(host).map(({ index, address }) => ({
      host: host.name,
      worker: index,
      setup: host.setup,
      connect: async () => connect({ name: host.name, reach: planReach(host) }, { worker: index, address }),
    })),
  );
}

function reachableWorkers({ reach }: Host): ReturnType<typeof listWorkers> {
  return reach.kind === 'pending' ? listWorkers(reach).slice(0, 1) : listWorkers(reach);
}
