import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/embedded/training/config-file.ts';
import { computeFigures } from '../../src/embedded/training/curves.ts';
import { parseFaults, readFaults } from '../../src/embedded/training/faults.ts';
import { formatLogLine, formatRecord, formatRow } from '../../src/embedded/training/formats.ts';
import { readLimits } from '../../src/embedded/training/limits.ts';
import type { TrainingConfig } from '../../src/embedded/training/training-config.ts';

const config: TrainingConfig = {
  file: 'x.yaml',
  steps: 50_000,
  scheduledSteps: 50_000,
  saveEvery: 5_000,
  outDir: 'out',
  learningRate: 2e-4,
  seed: 1337,
  checkpointBytes: 1,
  tokensPerSecond: 47,
  memory: { allocatedMiB: 25_900, reservedMiB: 26_880 },
  utilizationPercent: 94,
};
const course = { pace: null, nanFromStep: null, throughputFromStep: null };

describe('a config file', () => {
  test('gives its scalars by their keys', () => {
    const text =
      '# top\nmodel:\n  dim: 768 # wide\n\ntrain:\r\n  lr: 2.0e-4\n  out_dir: "a b"\n  deep:\n    use: true\n    none: null\n  name: v1.2\nseed: 1_000\n';
    expect(Object.fromEntries(parseConfig(text))).toEqual({
      'model.dim': 768,
      'train.lr': 2e-4,
      'train.out_dir': 'a b',
      'train.deep.use': true,
      'train.deep.none': null,
      'train.name': 'v1.2',
      seed: 1000,
    });
  });

  test('with anything else is refused, naming the line', () => {
    expect(() => parseConfig('a:\n  - 1\n')).toThrow('line 2: expected "key: value", got "- 1"');
    expect(() => parseConfig('a: [1, 2]')).toThrow('line 1: expected a plain value, got [1, 2]');
    expect(() => parseConfig('\tb: 1')).toThrow('line 1');
  });

  test('of maps of numbers comes back as it was written', () => {
    const key = fc.stringMatching(/^[a-z_]{1,8}$/);
    const map = fc.dictionary(
      key,
      fc.dictionary(key, fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), { minKeys: 1 }),
    );
    fc.assert(
      fc.property(map, (maps) => {
        const text = Object.entries(maps)
          .map(([name, values]) => `${name}:\n${lines(values)}`)
          .join('');
        const expected = Object.entries(maps).flatMap(([name, values]) =>
          Object.entries(values).map(([inner, value]) => [`${name}.${inner}`, value + 0]),
        );
        expect([...parseConfig(text)]).toEqual(expected);
      }),
    );
  });
});

describe('the figures of a run', () => {
  test('are the same each time, and differ from rank to rank', () => {
    expect(computeFigures(config, course, 0, 777)).toEqual(computeFigures(config, course, 0, 777));
    expect(computeFigures(config, course, 1, 777)).not.toEqual(computeFigures(config, course, 0, 777));
  });

  test('have a loss that falls over the first hundred steps and over the whole run', () => {
    const mean = (from: number) =>
      average(Array.from({ length: 10 }, (_, index) => computeFigures(config, course, 0, from + index).loss));
    const means = [1, 30, 60, 90, 1_000, 10_000, 25_000, 49_990].map(mean);
    expect(means).toEqual([...means].sort((one, other) => other - one));
  });

  test('stay in the bands that the real run kept', () => {
    for (let step = 1; step <= config.steps; step += 37) {
      const figures = computeFigures(config, course, 0, step);
      expect(figures.tokensPerSecond).toBeGreaterThan(45);
      expect(figures.tokensPerSecond).toBeLessThan(55);
      expect(figures.gateEntropyMean).toBeGreaterThan(0.5);
      expect(figures.gateCollapseFraction).toBeLessThan(0.05);
      expect(figures.allocatedMiB).toBeLessThan(config.memory.reservedMiB);
    }
  });
});

describe('what is written of a step', () => {
  const figures = {
    ...computeFigures(config, course, 0, 120),
    loss: 3.21,
    learningRate: 1.2e-5,
    tokensPerSecond: 47,
    gradNorm: 1.1,
    fetchMs: 9,
  };

  test('is a row, a log line and a record', () => {
    expect(formatRow(figures)).toBe('120,3.210000,1.200000e-05,47.0\n');
    expect(formatLogLine(figures)).toBe('step 0120 | loss 3.2100 | lr 1.20e-05 | toks/s 47 | grad_norm 1.10 | fetch 9ms\n');
    expect(formatRecord({ step: 120, msg: 'progress', loss: 3.21 })).toBe('{"step": 120, "msg": "progress", "loss": 3.21}\n');
  });

  test('spells NaN as Python does', () => {
    expect(formatRow({ ...figures, loss: NaN })).toBe('120,nan,1.200000e-05,47.0\n');
    expect(formatLogLine({ ...figures, loss: NaN })).toContain('| loss nan |');
    expect(formatRecord({ loss: NaN })).toBe('{"loss": NaN}\n');
  });
});

describe('requests through the environment', () => {
  test('place a fault at its step, or at its usual share of the run', () => {
    const faults = parseFaults('oom@1200,slow,exit-early');
    expect(faults.stepOf('oom', 50_000)).toBe(1200);
    expect(faults.stepOf('exit-early', 1000)).toBe(300);
    expect(faults.stepOf('nan', 1000)).toBeNull();
    expect(faults.has('slow')).toBe(true);
    expect(parseFaults(undefined).has('slow')).toBe(false);
  });

  test('aim a fault at one worker, whom fleet or the slice has told its index', () => {
    const asked = { PRETEND_FAULT: 'w5:hang@400,w0:oom,nan' };
    const on = (place: Record<string, string>) => {
      const faults = readFaults({ ...asked, ...place });
      return ['hang', 'oom', 'nan'].filter((name) => faults.has(name));
    };
    expect(on({})).toEqual(['oom', 'nan']);
    expect(on({ FLEET_WORKER_INDEX: '5', TPU_WORKER_ID: '0' })).toEqual(['hang', 'nan']);
    expect(on({ TPU_WORKER_ID: '5' })).toEqual(['hang', 'nan']);
    expect(on({ FLEET_WORKER_INDEX: '1' })).toEqual(['nan']);
    expect(readFaults({ ...asked, FLEET_WORKER_INDEX: '5' }).stepOf('hang', 1000)).toBe(400);
  });

  test('that make no sense are refused, with what would', () => {
    for (const text of ['ooom', 'oom@', 'oom@x', 'oom@0', 'oom@1@2', 'slow@5', 'w5:ooom', 'w:oom', 'w5oom', 'toString']) {
      expect(() => parseFaults(text)).toThrow(`unknown fault "${text}", expected some of oom[@STEP]`);
    }
    for (const text of ['soon', '0', '-1', 'Infinity', '1e9']) {
      expect(() => readLimits({ PRETEND_SECONDS: text })).toThrow(
        `PRETEND_SECONDS: expected seconds above 0 and up to 86400, got "${text}"`,
      );
    }
  });
});

function lines(values: Record<string, number>): string {
  return Object.entries(values)
    .map(([name, value]) => `  ${name}: ${value}\n`)
    .join('');
}

function average(values: number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
