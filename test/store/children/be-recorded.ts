import { appendFileSync } from 'node:fs';
import { writesOfARun } from '../writes-of-a-run.ts';
import { argument } from './tell.ts';

/** Takes every step, and leaves a mark in the record after each that has returned. */
for (const step of writesOfARun(argument(0))) {
  step.take();
  appendFileSync(argument(1), 'mark 0 0 \n');
}
