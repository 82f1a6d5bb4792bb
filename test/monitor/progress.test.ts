import { describe, expect, it } from 'vitest';
import { trackProgress, type ProgressTracker } from '../../src/monitor/progress.ts';
import { watchStall } from '../../src/monitor/stall.ts';
import { startedAt } from './monitor-support.ts';

const rule = { source: 'training', column: 'step', of: 1000 };

function add(
  tracker: ProgressTracker,
  step: number | null,
  seconds: number,
  more: { attempt?: number; position?: number } = {},
): void {
  const { attempt = 1, position = (step ?? 0) * 100 + seconds / 1e6 } = more;
  tracker.add({ position, step, at: startedAt + seconds * 1000, columns: { step } }, attempt, 0);
}

describe('progress', () => {
  it('is unknown before the first row', () => {
    expect(trackProgress(rule).report()).toEqual({ step: null, of: 1000, ratePerSecond: null, etaSeconds: null });
    expect(trackProgress(null).report()).toEqual({ step: null, of: null, ratePerSecond: null, etaSeconds: null });
  });

  it('has the rate of a sliding window, and the rest of the way at that rate', () => {
    const tracker = trackProgress(rule);
    for (let second = 0; second <= 100; second += 10) add(tracker, 100 + second * 2, second);
    expect(tracker.report()).toEqual({ step: 300, of: 1000, ratePerSecond: 2, etaSeconds: 350 });
  });

  it('does not take a batch read at once for speed', () => {
    const tracker = trackProgress(rule);
    for (let step = 1; step <= 500; step += 1) add(tracker, step, 0);
    expect(tracker.report()).toMatchObject({ step: 500, ratePerSecond: null, etaSeconds: null });
    add(tracker, 505, 10);
    expect(tracker.report().ratePerSecond).toBeCloseTo(0.5);
  });

  it('does not take a file caught up in pieces for speed', () => {
    const tracker = trackProgress({ ...rule, of: null });
    for (let piece = 0; piece < 5; piece += 1) add(tracker, 10_000 * (piece + 1), piece / 10);
    for (let second = 10; second <= 100; second += 10) add(tracker, 50_000 + second, second);
    expect(tracker.report().ratePerSecond).toBeCloseTo(1, 1);
  });

  it('counts steps made while nobody was looking', () => {
    const tracker = trackProgress(rule);
    add(tracker, 100, 0);
    add(tracker, 101, 1);
    add(tracker, 460, 360);
    expect(tracker.report().ratePerSecond).toBeCloseTo(1);
  });

  it('does not go back within one file', () => {
    const tracker = trackProgress(rule);
    add(tracker, 50, 0, { position: 0 });
    add(tracker, 7, 5, { position: 20 });
    expect(tracker.step).toBe(50);
  });

  it('goes back with another attempt, and with another file', () => {
    const tracker = trackProgress(rule);
    add(tracker, 50, 0, { position: 400 });
    add(tracker, 7, 5, { position: 500, attempt: 2 });
    expect(tracker.step).toBe(7);
    add(tracker, 3, 9, { position: 0, attempt: 2 });
    expect(tracker.step).toBe(3);
    add(tracker, 90, 10, { position: 900, attempt: 1 });
    expect(tracker.step).toBe(3);
  });

  it('survives a clock that is set back', () => {
    const tracker = trackProgress(rule);
    add(tracker, 1, 0);
    add(tracker, 11, 10);
    add(tracker, 21, -3590);
    add(tracker, 31, -3580);
    expect(tracker.report()).toMatchObject({ step: 31, ratePerSecond: 1 });
  });

  it('knows which step had been reached at a time', () => {
    const tracker = trackProgress(rule);
    for (let step = 1; step <= 50; step += 1) add(tracker, step, step * 10);
    expect([5, 10, 255, 9_999].map((second) => tracker.stepAt(startedAt + second * 1000))).toEqual([null, 1, 25, 50]);
  });

  it('of a long run holds a bounded number of readings', () => {
    const tracker = trackProgress({ ...rule, of: 200_000 });
    for (let step = 1; step <= 100_000; step += 1) add(tracker, step, step);
    expect(tracker.report()).toEqual({ step: 100_000, of: 200_000, ratePerSecond: 1, etaSeconds: 100_000 });
    expect(tracker.stepAt(startedAt + 1000)).toBeNull();
  });
});

describe('an advance', () => {
  it('is a row with another step; the same step again, or none, is not', () => {
    const tracker = trackProgress(rule);
    add(tracker, 5, 0, { position: 0 });
    expect(tracker.takeAdvance()).toBe(true);
    expect(tracker.takeAdvance()).toBe(false);
    add(tracker, 5, 10, { position: 10 });
    add(tracker, null, 11, { position: 20 });
    expect(tracker.takeAdvance()).toBe(false);
    add(tracker, 3, 12, { position: 30 });
    expect(tracker.takeAdvance()).toBe(true);
  });
});

const advance = (advanced: boolean, started: boolean) => ({ advanced, started, step: null });

describe('a stall', () => {
  const limits = { noProgressSeconds: 180, firstStepSeconds: 600 };

  it('waits longer for the first step', () => {
    const watch = watchStall(limits);
    expect(watch.look(1_000, advance(false, false))).toEqual({ stalled: false, ageSeconds: 0, limitSeconds: 600, during: null });
    expect(watch.look(601_000, advance(false, false)).stalled).toBe(false);
    expect(watch.look(601_001, advance(false, false)).stalled).toBe(true);
  });

  it('counts from the last progress', () => {
    const watch = watchStall(limits);
    watch.look(0, advance(true, true));
    expect(watch.look(100_000, advance(true, true))).toMatchObject({ ageSeconds: 0, limitSeconds: 180 });
    expect(watch.look(280_000, advance(false, true))).toMatchObject({ stalled: false, ageSeconds: 180 });
    expect(watch.look(281_000, advance(false, true))).toMatchObject({ stalled: true, ageSeconds: 181 });
    expect(watch.look(282_000, advance(true, true)).stalled).toBe(false);
  });

  it('is never found without a rule', () => {
    const watch = watchStall(null);
    watch.look(0, advance(false, true));
    expect(watch.look(1e9, advance(false, true))).toEqual({ stalled: false, ageSeconds: 1e6, limitSeconds: null, during: null });
  });
});
