import { constants } from 'node:os';

export interface ChildFailure {
  rank: number;
  pid: number;
  code: number | null;
  signal: NodeJS.Signals | null;
  script: string;
  python: string;
  host: string;
}

/** The block that torchrun ends with when a rank failed. */
export function formatChildFailure(failure: ChildFailure): string {
  const number = failure.signal === null ? null : constants.signals[failure.signal];
  const exitCode = number === null ? failure.code : -number;
  const trace =
    number === null
      ? 'To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html'
      : `Signal ${number} (${failure.signal}) received by PID ${failure.pid}`;
  const wide = '='.repeat(60);
  const thin = '-'.repeat(60);
  return [
    `torch/distributed/elastic/multiprocessing/api.py:874] failed (exitcode: ${exitCode}) local_rank: ${failure.rank} (pid: ${failure.pid}) of binary: ${failure.python}`,
    'torch.distributed.elastic.multiprocessing.errors.ChildFailedError:',
    wide,
    `${failure.script} FAILED`,
    thin,
    'Failures:',
    '  <NO_OTHER_FAILURES>',
    thin,
    'Root Cause (first observed failure):',
    '[0]:',
    `  time      : ${new Date().toISOString().slice(0, 19).replace('T', '_')}`,
    `  host      : ${failure.host}`,
    `  rank      : ${failure.rank} (local_rank: ${failure.rank})`,
    `  exitcode  : ${exitCode} (pid: ${failure.pid})`,
    '  error_file: <N/A>',
    `  traceback : ${trace}`,
    wide,
  ].join('\n');
}
