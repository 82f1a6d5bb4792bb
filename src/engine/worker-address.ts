/** Which worker of a host, and where it is; an embedded one has no address. */
export interface WorkerAddress {
  /** The host's own index of it, from 0. */
  worker: number;
  address: string | null;
}
