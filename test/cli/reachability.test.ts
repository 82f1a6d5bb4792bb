import { describe, expect, it } from 'vitest';
import { describeReachability } from '../../src/cli/render/run-words.ts';
import type { RunDocument } from '../../src/store/run-document.ts';

const now = Date.parse('2026-11-22T18:10:00.000Z');
const since = '2026-11-22T18:00:00.000Z';
const controller = { user: 'ann', host: 'laptop', pid: 7, since };

/** The parts of a run that tell of its host. */
function told(run: Partial<RunDocument>): string {
  const running = { state: 'running', controller, reachability: { status: 'reachable', since, nextTryAt: null } };
  return describeReachability({ ...running, ...run } as RunDocument, now);
}

describe('a host', () => {
  const nextTryAt = '2026-11-22T18:10:40.000Z';
  const unreachable = { status: 'unreachable' as const, since, nextTryAt };

  it('that answers is told with the time since when', () => {
    expect(told({})).toBe('reachable since 2026-11-22T18:00:00.000Z (10m ago)');
  });

  it('out of reach is told with the time of the next try', () => {
    expect(told({ reachability: unreachable })).toBe(
      'unreachable since 2026-11-22T18:00:00.000Z (10m ago), next try at 2026-11-22T18:10:40.000Z (in 40 s)',
    );
  });

  it('out of reach that nobody tries any more waits for a resume, and that of a run that has ended for nothing', () => {
    expect(told({ reachability: unreachable, controller: null })).toMatch(/, next try with the next resume$/);
    expect(told({ reachability: unreachable, state: 'halted' })).toBe('unreachable since 2026-11-22T18:00:00.000Z (10m ago)');
  });

  it('whose try is overdue is not told a time that has passed', () => {
    expect(told({ reachability: { ...unreachable, nextTryAt: since } })).toMatch(/\(in 0 s\)$/);
  });
});
