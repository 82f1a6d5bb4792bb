import type { FailureClass } from './classify.ts';

/** An attempt that is over, as the rules see it. */
export interface AttemptEnding {
  exitCode: number | null;
  /** Somebody has made the halt file. */
  sentinel: boolean;
  /** Of the failure that the run would end with now: `exit-status`, `stalled`; null when it would not fail. */
  reason: string | null;
  /** What the failure is of, `nccl-timeout`, and whether the same once more can help. Null when nobody knows. */
  failure: Pick<FailureClass, 'class' | 'retry'> | null;
  /** What a rule of the playbook has stopped the attempt for. */
  asked: { action: 'restart' | 'fallback' | 'linger'; because: string } | null;
  /** What the host knows the end by, of what the fallback names. */
  endedLike: string | null;
  /** Attempts that have left something to go on from, or came further than those before. */
  progressed: ReadonlySet<number>;
}
