import type { Phase } from '../../../lifecycle/states.ts';

/** Where an entry stands in its run. */
export interface Place {
  phase: Phase;
  position: number;
}

/** One try of it, counted from 1. */
export interface TryPlace extends Place {
  try: number;
}
