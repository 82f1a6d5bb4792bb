import { exitCodes, FleetError } from '../../errors.ts';
import type { SummedFile } from '../../remote/copies.ts';

/** Where copies of checkpoints grow and lie. `name` is a checkpoint, or one file of it. */
export interface CopyPlace {
  /** For a person: where the copy will lie. */
  describe(name: string): string;
  /** How much of a file is there. */
  sizeOf(name: string): Promise<number>;
  /** Returns how much is there then: not more than before, when it did not end at `offset`. */
  append(name: string, offset: number, bytes: Buffer): Promise<number>;
  sums(name: string): Promise<SummedFile[]>;
  drop(name: string): Promise<void>;
  /** The copy takes the place of an earlier one. */
  finish(name: string): Promise<void>;
}

/** Told, and tried again later: a copy that is not made is no failure of the run. */
export class NotBackedUp extends FleetError {
  constructor(message: string) {
    super(message, { code: 'not-backed-up', exit: exitCodes.couldNot });
  }
}
