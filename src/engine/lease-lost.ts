/** Somebody else drives the run now: this controller must not write or act for it any more. Not a failure of the run. */
export class LeaseLost extends Error {
  constructor(run: string) {
    super(`another controller drives run ${run} now`);
    this.name = 'LeaseLost';
  }
}

/** The host has seen a higher token for the run: whoever has that one drives, or this store is older than what the host has seen. */
export class Fenced extends LeaseLost {
  readonly seenToken: number;

  constructor(run: string, seenToken: number) {
    super(run);
    this.name = 'Fenced';
    this.seenToken = seenToken;
  }
}

/** The person went away, or asked to come back later: the job goes on. */
export class Detached extends Error {
  constructor() {
    super('detached');
    this.name = 'Detached';
  }
}
