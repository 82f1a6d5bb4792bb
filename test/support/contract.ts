import { z } from 'zod';

// What scripts rely on: every field is there, and null when it is not known. More fields may come.

const time = z.iso.datetime({ precision: 3 });
const text = z.string();
const number = z.number();

const check = z.object({
  phase: z.enum(['requirements', 'prepare', 'validate', 'launch', 'monitor', 'verify', 'rollback']),
  name: text,
  result: z.enum(['pass', 'warn', 'fail', 'skip', 'error']).nullable(),
  expected: text.nullable(),
  observed: text.nullable(),
  seconds: number.nullable(),
  message: text.nullable(),
});

const criterion = z.object({
  name: text,
  verdict: z.enum(['met', 'violated', 'inconclusive', 'pending']),
  severity: z.enum(['red', 'yellow']),
  expected: text.nullable(),
  observed: text.nullable(),
  message: text.nullable(),
});

const worker = z.object({
  role: text,
  host: text,
  index: number,
  address: text.nullable(),
  pid: number.nullable(),
  state: text.nullable(),
  exitCode: number.nullable(),
});

const run = z.object({
  id: text,
  kind: z.enum(['launch', 'validate']),
  playbook: text,
  point: text.nullable(),
  host: text.nullable(),
  executor: text,
  profile: text.nullable(),
  attempt: number,
  state: text,
  health: z.enum(['green', 'yellow', 'red', 'unknown']),
  reachability: z.object({ status: z.enum(['reachable', 'unreachable', 'unknown']), since: time.nullable() }),
  observedAt: time.nullable(),
  controller: z.object({ user: text, host: text, pid: number, since: time }).nullable(),
  verdict: z.enum(['GO', 'NO-GO', 'GO-WITH-WAIVER']).nullable(),
  outcome: z.object({ result: text, reason: text.nullable(), exitCode: number.nullable(), degraded: z.boolean() }).nullable(),
  workers: z.array(worker).min(1),
  progress: z
    .object({ step: number.nullable(), of: number.nullable(), ratePerSecond: number.nullable(), etaSeconds: number.nullable() })
    .nullable(),
  checks: z.array(check),
  criteria: z.array(criterion),
  flags: z.array(z.object({ color: text, text, count: number, firstAt: time })),
  cost: z.object({ perHour: number, currency: text, spent: number }).nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
});

export const runsDocument = z.object({ runs: z.array(run) });

export const execDocument = z.object({
  results: z.array(
    z.object({
      host: text,
      worker: number,
      exitCode: number.nullable(),
      signal: text.nullable(),
      stdout: text,
      stderr: text,
      seconds: number.nullable(),
      error: z.object({ code: text, message: text, suggestions: z.array(text) }).nullable(),
    }),
  ),
});

export const metricsDocument = z.object({
  rows: z.array(z.looseObject({ worker: number, source: text, attempt: number, step: number.nullable(), at: time })),
});

export const lintDocument = z.object({
  problems: z.array(
    z.object({
      file: text,
      line: number.nullable(),
      column: number.nullable(),
      path: text,
      message: text,
      suggestion: text.nullable(),
      severity: z.enum(['error', 'warning', 'note']),
    }),
  ),
});

export const errorDocument = z.strictObject({ error: z.object({ code: text, message: text, suggestions: z.array(text) }) });
