import { exitCodes, FleetError } from '../errors.ts';

/** That a worker could not be reached, or has no address yet: of one among many this is a result, and no reason to give up the others. */
export function isOutOfReach(error: unknown): error is FleetError {
  return error instanceof FleetError && (error.exit === exitCodes.unreachable || error.code === 'not-yet');
}
