import { expect, test } from 'vitest';
import { describeNight, findNight, type SummedRun } from '../../src/notify/summary.ts';
import { toldRun } from './shapes.ts';

const berlin = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);
const morning = findNight(at('2026-11-28T07:30:00Z'), { at: '08:00', since: '20:00' }, berlin);

function summed(id: string, changes: Partial<SummedRun> = {}): SummedRun {
  const times = {
    createdAt: at('2026-11-27T20:00:00Z'),
    startedAt: at('2026-11-27T21:00:00Z'),
    endedAt: at('2026-11-28T01:00:00Z'),
  };
  const standing = { state: 'succeeded', health: 'green', reachability: 'reachable' } as const;
  return {
    ...toldRun({ id, outcome: { result: 'succeeded', reason: null, exitCode: 0, degraded: false } }),
    ...times,
    ...standing,
    ...changes,
  };
}

test('a night goes from the evening to the morning, in the zone', () => {
  expect(morning).toEqual({ date: '2026-11-28', from: at('2026-11-27T19:00:00Z'), to: at('2026-11-28T07:00:00Z') });
  expect(findNight(at('2026-11-28T06:30:00Z'), { at: '08:00', since: '20:00' }, berlin).date).toBe('2026-11-27');
});

test('the same time twice is a whole day', () => {
  const { from, to } = findNight(at('2026-11-28T07:30:00Z'), { at: '08:00', since: '08:00' }, berlin);
  expect(to - from).toBe(24 * 3_600_000);
});

test('each run of the night has its line, and then the cost and what waits', () => {
  const runs = [
    summed('one'),
    summed('two', { state: 'failed', outcome: { result: 'failed', reason: 'stalled', exitCode: null, degraded: false } }),
    summed('three', { state: 'running', endedAt: null, outcome: null, reachability: 'unreachable' }),
  ];
  const { title, lines } = describeNight(morning, runs, [], berlin);
  expect(title).toBe('the night to Sat 28 Nov, 08:00 CET: 1 succeeded, 1 failed, 1 going on');
  expect(lines).toEqual([
    'prod-50k on prime1 (one): succeeded at Sat 28 Nov, 02:00 CET, after 4h',
    'prod-50k on prime1 (two): failed (stalled) at Sat 28 Nov, 02:00 CET, after 4h',
    'prod-50k on prime1 (three): running, green, out of reach, after 10h',
    'cost of the night: 46.80 USD',
    'waits for you: fleet status two',
    'fleet status --all shows every run; told since Fri 27 Nov, 20:00 CET',
  ]);
});

test('only the hours of the night are counted, and only its runs told', () => {
  const long = summed('long', { startedAt: at('2026-11-26T21:00:00Z'), createdAt: at('2026-11-26T20:00:00Z') });
  const before = summed('before', { endedAt: at('2026-11-27T18:00:00Z') });
  const { lines } = describeNight(morning, [long, before, summed('look', { kind: 'validate' })], [], berlin);
  expect(lines.join('\n')).not.toMatch(/before|look/);
  expect(lines).toContain('cost of the night: 15.60 USD');
});

test('a night without a run is told too: something may have kept them from starting', () => {
  expect(describeNight(morning, [], [], berlin).title).toContain('no run');
});

test('what stands still in the queue is in it, with its reason', () => {
  const stopped = [1, 2].map((id) => {
    const name = `trm seed=${id} on tpu1`;
    return { id, at: morning.from + id, entry: `e${id}`, name, state: 'held' as const, reason: 'it cannot be planned' };
  });
  const { title, lines } = describeNight(morning, [], stopped, berlin);
  expect(title).toBe('the night to Sat 28 Nov, 08:00 CET: no run; 2 in the queue wait for you');
  expect(lines.slice(0, 2)).toEqual([
    'queue: trm seed=1 on tpu1, trm seed=2 on tpu1: it cannot be planned',
    'waits for you: fleet queue list --all',
  ]);
});
