import { describe, expect, it } from 'vitest';
import { plainEntry } from '../../src/playbook/entries/source-entry.ts';
import { resolvePlaybook } from '../../src/playbook/resolve-playbook.ts';
import type { Scalar } from '../../src/playbook/fields.ts';
import { formatProblem } from '../../src/problem.ts';
import { readText } from './playbook-text.ts';

const text = `playbook: p
params:
  steps: { type: integer, default: 50, min: 1, max: 100 }
  rate: { type: number, default: 0.5 }
  fast: { type: boolean, default: false }
  mode: { type: string, default: small, one-of: [small, large] }
  out: { type: string, default: artifacts }
work: { steps: "\${{ params.steps }}", tokens-per-step: "\${{ params.steps * 2 }}", throughput: 45..55 }
env: { STEPS: "\${{ params.steps }}", FAST: { value: "\${{ params.fast }}", critical: true } }
validate:
  - check: c
    config: { file: "\${{ params.out }}/c.yaml", expect: { train.steps: "\${{ params.steps }}", train.lr: 2.0e-4, fast: "\${{ params.fast }}" } }
  - check: r
    run: python3 x --steps \${{ params.steps }}
    expected-time: 15m
    severity: warn
launch: { run: x, log: x.log, time-limit: "\${{ params.steps }}h", halt: { sentinel: "\${{ params.out }}/.HALT" } }
`;

const equals = (value: Scalar) => ({ kind: 'equals', value });

function resolve(source: string, set: Record<string, string> = {}, host: Record<string, Scalar> = {}) {
  const { resolved, problems } = resolvePlaybook(readText(source), { set, host });
  return { resolved, told: problems.map(formatProblem) };
}

describe('a playbook with its params in place', () => {
  it('keeps the type of a whole value, and is text inside text', () => {
    const { resolved } = resolve(text);
    expect(resolved?.params).toEqual({ steps: 50, rate: 0.5, fast: false, mode: 'small', out: 'artifacts' });
    expect(resolved?.work).toMatchObject({ steps: 50, tokensPerStep: 100, throughput: { low: 45, high: 55 }, duration: null });
    expect(resolved?.validate).toEqual([
      {
        ...plainEntry,
        kind: 'check',
        name: 'c',
        deed: {
          kind: 'config',
          file: 'artifacts/c.yaml',
          expect: { 'train.steps': equals(50), 'train.lr': equals(0.0002), fast: equals(false) },
        },
        line: 11,
      },
      {
        ...plainEntry,
        kind: 'check',
        name: 'r',
        deed: { kind: 'run', command: 'python3 x --steps 50', expect: { exit: 0, stdout: null, stderr: null } },
        expectedTimeSeconds: 900,
        severity: 'warn',
        line: 13,
      },
    ]);
  });

  it('gives the environment text alone', () => {
    expect(resolve(text).resolved?.env).toEqual([
      { name: 'STEPS', value: { text: '50' }, critical: false, optional: false },
      { name: 'FAST', value: { text: 'false' }, critical: true, optional: false },
    ]);
  });

  it('has the rules of the guard, where the first line may take longer than the others', () => {
    const guard = (lines: string) => resolve(`playbook: p\nlaunch:\n  run: x\n  log: x.log\n${lines}\n`).resolved?.launch?.guard;
    expect(guard(`  guard: { stall: { file: beat, contains: '"x"', no-new-line: 30m }, disk: { free: 5GB } }`)).toEqual({
      stall: { file: 'beat', contains: '"x"', noNewLineSeconds: 1800, firstLineSeconds: 1800 },
      disk: { path: '.', freeBytes: 5e9 },
    });
    expect(guard(`  guard: { stall: { file: beat, contains: x, no-new-line: 30m, first-line: 1h } }`)?.stall).toMatchObject({
      firstLineSeconds: 3600,
    });
  });

  it('has the budget, the stages in the order of the file, and what may be lost', () => {
    const { resolved } = resolve(
      'playbook: p\nbudget: { time: 90m, cost: 200 }\nstages: { set up: 15m, first run: 30m }\nvolatile: [/tmp/data]\nwork: { time-per-step: 1s..2s, checkpoints-kept: 5 }\n',
    );
    expect(resolved).toMatchObject({
      budget: { seconds: 5400, cost: 200 },
      stages: [
        { name: 'set up', seconds: 900 },
        { name: 'first run', seconds: 1800 },
      ],
      volatile: ['/tmp/data'],
      work: { timePerStep: { low: 1, high: 2 }, checkpointsKept: 5 },
    });
    expect(resolve('playbook: p\nbudget: { time: 90m }\n').resolved?.budget).toEqual({ seconds: 5400, cost: null });
  });

  it('says what is not said by the file', () => {
    const { resolved } = resolve(text);
    expect(resolved?.launch).toEqual({
      command: 'x',
      log: 'x.log',
      checkpointNow: null,
      done: null,
      linger: { afterSeconds: 300, then: 'notify', countsAs: 'failed' },
      guard: { stall: null, disk: null },
      proveEnv: null,
      halt: {
        sentinel: 'artifacts/.HALT',
        graceSeconds: 60,
        then: [{ signal: 'TERM' }, { waitSeconds: 60 }, { signal: 'KILL' }],
      },
      stackDump: null,
      timeLimitSeconds: 180_000,
    });
    expect(resolved).toMatchObject({
      name: 'p',
      file: 'p.yaml',
      budget: null,
      stages: [],
      volatile: [],
      workdir: '.',
      setup: '',
      source: null,
      monitor: null,
      verify: [],
    });
    expect(resolved?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a param has the value', () => {
  it('that was set, before the one of the host, before its default', () => {
    expect(resolve(text, { steps: '7' }, { steps: 8 }).resolved?.params['steps']).toBe(7);
    expect(resolve(text, {}, { steps: 8, unrelated: 'x' }).resolved?.params['steps']).toBe(8);
  });

  it('converted to its declared type', () => {
    const set = { steps: '7', rate: '2.5e-1', fast: 'true', mode: 'large', out: '007' };
    expect(resolve(text, set).resolved?.params).toEqual({ steps: 7, rate: 0.25, fast: true, mode: 'large', out: '007' });
  });

  it.each([
    [{ stepz: '3' }, {}, '--set: stepz: no param is called "stepz", it has steps, rate, fast, mode, out (did you mean "steps"?)'],
    [{ steps: '3.5' }, {}, '--set: steps: expected a whole number, got 3.5'],
    [{ steps: 'many' }, {}, '--set: steps: expected a whole number, got "many"'],
    [{ steps: '' }, {}, '--set: steps: expected a whole number, got ""'],
    [{ steps: '0' }, {}, '--set: steps: expected at least 1, got 0'],
    [{ steps: '101' }, {}, '--set: steps: expected at most 100, got 101'],
    [{ steps: '1e999' }, {}, '--set: steps: expected a whole number, got "1e999"'],
    [{ fast: 'yes' }, {}, '--set: fast: expected true or false, got "yes"'],
    [{ mode: 'huge' }, {}, '--set: mode: expected "small" or "large", got "huge"'],
    [
      { out: '${{ params.out }}' },
      {},
      '--set: out: expected plain text, an expression is not filled in here: "${{ params.out }}"',
    ],
    [{}, { steps: '8' }, `p.yaml:3:3: params.steps: the host's value: expected a whole number, got "8"`],
    [{}, { out: 5 }, `p.yaml:7:3: params.out: the host's value: expected text, got 5`],
    [{ constructor: 'x' }, {}, '--set: constructor: no param is called "constructor", it has steps, rate, fast, mode, out'],
  ])('%j %j is refused', (set, host, message) => {
    expect(resolve(text, set, host)).toEqual({ resolved: null, told: [message] });
  });

  it('or is told to be missing', () => {
    const source = 'playbook: p\nparams: { a: { type: string }, b: { type: integer } }\nworkdir: "${{ params.a }}"\n';
    expect(resolve(source).told).toEqual([
      'p.yaml:2:11: params.a: "a" has no value (give --set a=…)',
      'p.yaml:2:32: params.b: "b" has no value (give --set b=…)',
    ]);
    expect(resolve(source, { a: 'x', b: '1' }).resolved?.workdir).toBe('x');
  });

  it('and what it makes of other values is held to the format', () => {
    const source = 'playbook: p\nparams: { t: { type: string } }\nwork: { duration: "${{ params.t }}" }\n';
    expect(resolve(source, { t: 'long' }).told).toEqual([
      'p.yaml:3:19: work.duration: expected a duration such as "15m" or "1h30m", got "long"',
    ]);
  });
});
