import type { Gang } from '../../playbook/playbook.ts';
import type { Plan } from '../plan.ts';

const plainGang: Gang = { withinSeconds: 120, ready: null, onFailure: 'stop', processesPerWorker: 1 };

/** How the workers of a run are held together; a host of several workers needs no word of the playbook for it. */
export function gangOf({ playbook }: Pick<Plan, 'playbook'>): Gang {
  return playbook.gang ?? plainGang;
}
