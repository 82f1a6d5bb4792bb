/** What a failure is of, and whether the same once more can help; null: nobody knows. */
export interface FailureClass {
  class: string;
  retry: boolean | null;
}

/** What the guard stops a job for, as the class of the failure. */
const guardClasses: Readonly<Record<string, FailureClass>> = {
  stall: { class: 'stalled', retry: true },
  'disk-floor': { class: 'disk-floor', retry: false },
  'time-limit': { class: 'time-limit', retry: false },
};

/** What a shell and most programs mean by a status. */
const exitClasses: Readonly<Record<number, FailureClass>> = {
  2: { class: 'usage', retry: false },
  137: { class: 'killed', retry: true },
};

/** The class of a failure by what the guard and the exit status say, for what the log does not explain. */
export function classifyExit({ exitCode, verdict }: { exitCode: number; verdict: string | null }): FailureClass | null {
  const stopped = verdict === null ? undefined : guardClasses[verdict.split(' ')[0] ?? ''];
  return stopped ?? exitClasses[exitCode] ?? null;
}
