import type { Reach } from './host.ts';

/** The workers of a host in their order. Embedded ones, and those that are not known yet, have no address. */
export function listWorkers(reach: Reach): { index: number; address: string | null }[] {
  switch (reach.kind) {
    case 'ssh':
      return reach.workers;
    case 'embedded':
      return withoutAddress(reach.workers);
    case 'pending':
      return withoutAddress(reach.workerCount);
  }
}

function withoutAddress(count: number): { index: number; address: null }[] {
  return Array.from({ length: count }, (_, index) => ({ index, address: null }));
}
