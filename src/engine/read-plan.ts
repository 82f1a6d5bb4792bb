import { exitCodes, FleetError, messageOf } from '../errors.ts';
import { fillGaps } from './older-plans.ts';
import type { Plan } from './plan.ts';

/** A plan as the store has it. */
export function readPlan(text: string): Plan {
  const plan = parsePlan(text);
  if (plan.version !== 1) {
    const found = JSON.stringify((plan as { version: unknown }).version);
    throw new FleetError(`the stored plan has version ${found}, this fleet reads version 1`, {
      code: 'newer-plan',
      exit: exitCodes.couldNot,
    });
  }
  return fillGaps(plan);
}

function parsePlan(text: string): Plan {
  try {
    return JSON.parse(text) as Plan;
  } catch (error) {
    throw new FleetError(`the stored plan is garbled: ${messageOf(error)}`, {
      code: 'corrupt-database',
      exit: exitCodes.couldNot,
      suggestions: ['fleet resume --rebuild HOST sets the database aside, and makes a new one from what HOST knows of its runs'],
      cause: error,
    });
  }
}
