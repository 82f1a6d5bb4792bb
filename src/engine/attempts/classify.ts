/** What a failure is of, and whether the same once more can help; null: nobody knows. */
export interface FailureClass {
  class: string;
  retry: boolean | null;
  /** The line that tells it; null where the exit status alone does. */
  text: string | null;
  /** What to do. */
  advice: string;
}

/** What the guard stops a job for, as the class of the failure. */
const guardClasses: Readonly<Record<string, FailureClass>> = {
  stall: { class: 'stalled', retry: true, text: null, advice: 'look at the stack dumps, and at which rank came last' },
  'disk-floor': { class: 'disk-floor', retry: false, text: null, advice: 'free space where it writes, then start it again' },
  'time-limit': {
    class: 'time-limit',
    retry: false,
    text: null,
    advice: 'a longer launch.time-limit or budget.time, or less work',
  },
};

/** What a shell and most programs mean by a status. */
const exitClasses: Readonly<Record<number, FailureClass>> = {
  2: { class: 'usage', retry: false, text: null, advice: 'the program does not know its arguments: look at launch.run' },
  137: { class: 'killed', retry: true, text: null, advice: 'it was ended by KILL: look who did, and at the memory of the host' },
};

/** The class of a failure by what the guard and the exit status say, for what the log does not explain. */
export function classifyExit({ exitCode, verdict }: { exitCode: number; verdict: string | null }): FailureClass | null {
  const stopped = verdict === null ? undefined : guardClasses[verdict.split(' ')[0] ?? ''];
  return stopped ?? exitClasses[exitCode] ?? null;
}
