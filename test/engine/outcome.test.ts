import { describe, expect, it } from 'vitest';
import { decideOutcome, type Ending } from '../../src/engine/job/outcome.ts';

const wellEnded: Ending = {
  exitCode: 0,
  verdict: null,
  error: null,
  failure: null,
  saidDone: null,
  lingered: null,
  degraded: false,
  tracksProgress: true,
  lastStep: 100,
  targetStep: 100,
  sentinel: false,
  environmentProved: true,
  artifactsMissing: false,
  violated: [],
  notReady: false,
};

const failedFor: Ending['lingered'] = { counted: 'failed' };
const countedFor: Ending['lingered'] = { counted: 'succeeded' };

describe('how a run ended', () => {
  it.each<[string, Partial<Ending>, string, string | null]>([
    ['all that was promised is there', {}, 'succeeded', null],
    [
      'nothing was promised beside the exit status',
      { tracksProgress: false, lastStep: null, targetStep: null, environmentProved: null },
      'succeeded',
      null,
    ],
    ['it went past its target', { lastStep: 101 }, 'succeeded', null],
    ['it exited with a failure status, short of its target', { exitCode: 1, lastStep: 7 }, 'failed', 'exit-status'],
    ['it exited with a failure status, at its target, with its artifacts', { exitCode: 1 }, 'failed', 'failed-after-completion'],
    ['it failed at its target without its artifacts', { exitCode: 1, artifactsMissing: true }, 'failed', 'exit-status'],
    ['it failed at its target, and had not said that it is done', { exitCode: 1, saidDone: false }, 'failed', 'exit-status'],
    ['it failed when it had said that it is done', { exitCode: 1, saidDone: true }, 'failed', 'failed-after-completion'],
    [
      'it failed when it had said that it is done, and there is no target',
      { exitCode: 1, saidDone: true, targetStep: null },
      'failed',
      'failed-after-completion',
    ],
    ['it failed, and there is no target', { exitCode: 1, targetStep: null }, 'failed', 'exit-status'],
    ['it says that it is done, short of its target', { lastStep: 99, saidDone: true }, 'failed', 'stopped-short'],
    ['it never said that it is done, and all is there', { saidDone: false }, 'succeeded', null],
    ['it did not exit, and was stopped', { exitCode: 143, lingered: failedFor }, 'failed', 'did-not-exit'],
    ['it did not exit, and that counts as success', { exitCode: 137, lingered: countedFor }, 'succeeded', 'did-not-exit'],
    ['it did not exit, and heard the halt file', { lingered: failedFor }, 'succeeded', null],
    [
      'it did not exit, and what it promised is not there',
      { exitCode: 143, lingered: countedFor, artifactsMissing: true },
      'failed',
      'artifacts-missing',
    ],
    ['it was killed', { exitCode: 137, lastStep: 7 }, 'failed', 'exit-status'],
    ['the guard stopped it, whatever its status', { verdict: 'time-limit 60', exitCode: 143 }, 'failed', 'time-limit'],
    ['the guard stopped it, and it exited well', { verdict: 'time-limit 60' }, 'failed', 'time-limit'],
    ['the guard saw no progress', { verdict: 'stall 1800', exitCode: 143, lastStep: 7 }, 'failed', 'stalled'],
    ['the guard saw the disk fill up', { verdict: 'disk-floor 5000000000 .', exitCode: 1 }, 'failed', 'disk-floor'],
    ['it could not begin', { error: 'cannot enter the workdir x', exitCode: 126, lastStep: null }, 'failed', 'not-begun'],
    ['it says it is done, short of its target', { lastStep: 99 }, 'failed', 'stopped-short'],
    ['it stopped short beside the sentinel', { lastStep: 99, sentinel: true }, 'halted', 'sentinel'],
    ['a sentinel came after its last step', { sentinel: true }, 'succeeded', null],
    ['it failed beside the sentinel', { lastStep: 99, sentinel: true, exitCode: 1 }, 'failed', 'exit-status'],
    ['its progress was never seen, with a target', { lastStep: null }, 'failed', 'progress-unknown'],
    ['its progress was never seen, without a target', { lastStep: null, targetStep: null }, 'failed', 'progress-unknown'],
    ['its process had another environment', { environmentProved: false }, 'failed', 'environment-not-proved'],
    ['an artifact is missing', { artifactsMissing: true }, 'failed', 'artifacts-missing'],
    ['a red criterion is violated', { violated: ['throughput'] }, 'failed', 'criterion-violated'],
  ])('when %s', (_, ending, result, reason) => {
    const exitCode = ending.exitCode ?? 0;
    expect(decideOutcome({ ...wellEnded, ...ending })).toEqual({ result, reason, exitCode, degraded: false });
  });

  it('keeps that it was on another profile than was asked for', () => {
    expect(decideOutcome({ ...wellEnded, degraded: true })).toMatchObject({ result: 'succeeded', degraded: true });
  });
});
