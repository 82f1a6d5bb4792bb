import { exitCodes, FleetError } from '../../errors.ts';

/** What is on this computer, or is not, keeps it from being sent. */
export class CannotSend extends FleetError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'cannot-send', exit: exitCodes.usage, cause });
  }
}
