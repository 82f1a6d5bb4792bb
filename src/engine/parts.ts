import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Connection } from '../ssh/transport.ts';
import type { Owner } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { PlannedHost } from './plan.ts';

/** Which worker of a host, and where it is; an embedded one has no address. */
export interface WorkerAddress {
  /** The host's own index of it, from 0. */
  worker: number;
  address: string | null;
}

/** The real things an engine works with, joined by whoever starts it. */
export interface EngineParts {
  store: Store;
  clock: Clock;
  owner: Owner;
  /** The live connection to a worker, dialled when there is none. */
  connect: (host: PlannedHost, at: WorkerAddress) => Promise<Connection>;
  logger: Logger;
  /** Where secrets are looked up. */
  environment: NodeJS.ProcessEnv;
}
