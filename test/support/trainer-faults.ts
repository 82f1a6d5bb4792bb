import type { RunDocument } from '../../src/store/run-document.ts';
import type { EventRecord } from '../../src/store/records.ts';

/** What goes wrong in the pretend trainer, and what becomes of the run. */
export interface TrainerFault {
  fault: string;
  /** What is changed in prod-50k, so that nobody waits for minutes. */
  changes?: Record<string, string>;
  seconds?: string;
  outcome: Partial<NonNullable<RunDocument['outcome']>>;
  /** In the message of the run, or in what was told on the way. */
  says: RegExp;
  /** Where the kernel log is the real one of this computer, which has killed nobody. */
  saysWithoutKernel?: RegExp;
  health?: RunDocument['health'];
}

const quickHalt = { 'grace: 5m': 'grace: 1s', '[TERM, 60s, KILL]': '[TERM, 1s, KILL]' };
const stallHalts = {
  'no-progress: 3m, first-step: 10m, then: [stack-dump, notify]': 'no-progress: 3s, first-step: 6s, then: [stack-dump, halt]',
  ...quickHalt,
};
const everyRank = { "heartbeat_rank0.jsonl', step: step": "heartbeat_rank{rank}.jsonl', step: step" };

const died = { result: 'failed', reason: 'exit-status', exitCode: 1 } as const;

/** Those whose ends are the most different come first. */
export const trainerFaults: readonly TrainerFault[] = [
  { fault: 'oom@20000', outcome: died, says: /gpu-memory.*out of memory/is },
  { fault: 'killed@20000', outcome: died, says: /host-memory/, saysWithoutKernel: /killed by signal 9/ },
  {
    fault: 'wrong-config',
    outcome: { result: 'failed', reason: 'environment-not-proved', exitCode: 0 },
    says: /throughput: violated/,
    health: 'red',
  },
  {
    fault: 'hang@5000',
    changes: stallHalts,
    outcome: { result: 'failed', reason: 'halted-by-rule' },
    says: /no progress for \d+ s/,
  },
  {
    fault: 'linger',
    changes: { '  log: training.log\n': '  log: training.log\n  linger: { after: 2s, then: halt }\n', ...quickHalt },
    outcome: { result: 'failed', reason: 'did-not-exit' },
    says: /lingering/,
  },
  { fault: 'disk-full@20000', outcome: died, says: /disk-full/ },
  {
    fault: 'rank-idle@5000',
    seconds: '9',
    changes: { ...everyRank, '  flags:\n': '  idle: { after: 2s, ranks: 2 }\n  flags:\n' },
    outcome: { result: 'succeeded' },
    says: /rank 1/,
  },
  { fault: 'nccl-timeout@20000', outcome: died, says: /nccl-timeout/ },
  { fault: 'segfault@20000', outcome: died, says: /segfault/ },
  {
    fault: 'rank-missing',
    changes: stallHalts,
    outcome: { result: 'failed', reason: 'halted-by-rule' },
    says: /no progress for \d+ s/,
  },
  {
    fault: 'silent@5000',
    seconds: '8',
    changes: { '  flags:\n': '  log-silence: { red: 2s }\n  flags:\n' },
    outcome: { result: 'succeeded' },
    says: /log/,
  },
];

/** All that was told of a run, and how it stands. */
export function toldOf(run: RunDocument, events: readonly EventRecord[]): string {
  return [run.message ?? '', ...run.flags.map(({ text }) => text), ...events.map(({ text }) => text)].join('\n');
}
