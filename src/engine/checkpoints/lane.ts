import type { Chore } from './chores.ts';

/** Does one chore at a time, beside whoever looks. */
export interface Lane {
  /** Begins the next one, unless one is at work. Throws what the last one has thrown. */
  goOn(): void;
  /** Does all there is, until there is none. */
  finish(): Promise<void>;
}

export function openLane(next: () => Chore | null, signal: AbortSignal): Lane {
  let atWork: Promise<void> | null = null;
  let trouble: { error: unknown } | null = null;

  function begin(chore: Chore): void {
    atWork = chore()
      .catch((error: unknown) => {
        trouble = { error };
      })
      .finally(() => {
        atWork = null;
      });
  }

  function rethrow(): void {
    if (trouble === null) return;
    const { error } = trouble;
    trouble = null;
    throw error;
  }

  return {
    goOn() {
      rethrow();
      const chore = atWork === null ? next() : null;
      if (chore !== null) begin(chore);
    },
    async finish() {
      await atWork;
      rethrow();
      for (let chore = next(); chore !== null; chore = next()) {
        signal.throwIfAborted();
        await chore();
      }
    },
  };
}
