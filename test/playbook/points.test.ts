import { describe, expect, it } from 'vitest';
import { lintPlaybook } from '../../src/playbook/lint/lint-playbook.ts';
import { resolvePlaybook, type VariantWish } from '../../src/playbook/resolve-playbook.ts';
import { formatProblem } from '../../src/problem.ts';
import { readText, tellText } from './playbook-text.ts';

const text = `playbook: p
params:
  batch: { type: integer, default: 4, max: 64 }
  mode: { type: string, default: a, one-of: [a, b] }
  steps: { type: integer, default: 50, min: 1 }
points:
  base: {}
  large: { description: as much as fits, params: { batch: 64, mode: b } }
  long: { params: { steps: 900 } }
sweeps:
  sizes: [base, { point: large, run-name: all-of-it }]
launch: { run: "train '\${{ point }}' \${{ params.batch }}", log: x.log }
`;

function resolve(wish: Partial<VariantWish> = {}, source = text) {
  const { resolved, problems } = resolvePlaybook(readText(source), { set: {}, host: {}, ...wish });
  return { resolved, told: problems.map(formatProblem) };
}

/** The playbook with one piece of text changed. */
function change(from: string, to: string, source = text): string {
  expect(source).toContain(from);
  return source.replace(from, () => to);
}

const lint = (source: string) => lintPlaybook(readText(source)).map(formatProblem);

describe('a point', () => {
  it('calls its run after itself, or as a sweep does', () => {
    const named = change("'${{ point }}'", "'${{ point }}' '${{ run_name }}'");
    expect(resolve({ point: 'large' }, named).resolved?.launch?.command).toBe("train 'large' 'large' 64");
    expect(resolve({ point: 'large', runName: 'all-of-it' }, named).resolved?.launch?.command).toBe(
      "train 'large' 'all-of-it' 64",
    );
  });

  it('gives params their values, and its name to templates', () => {
    expect(resolve({ point: 'large' }).resolved).toMatchObject({
      point: 'large',
      params: { batch: 64, mode: 'b', steps: 50 },
      launch: { command: "train 'large' 64" },
    });
    expect(resolve().resolved).toMatchObject({ point: null, params: { batch: 4 }, launch: { command: "train '' 4" } });
  });

  it('counts more than the host and the profile, and less than what is typed', () => {
    const wish = { point: 'large', host: { batch: 2, steps: 9 } };
    expect(resolve(wish).resolved?.params).toEqual({ batch: 64, mode: 'b', steps: 9 });
    expect(resolve({ ...wish, set: { mode: 'a' } }).resolved?.params).toEqual({ batch: 64, mode: 'a', steps: 9 });
    const profiles = change('points:', 'profiles: { gpu: { params: { batch: 8, steps: 7 } } }\npoints:');
    expect(resolve(wish, profiles).resolved?.params).toEqual({ batch: 64, mode: 'b', steps: 7 });
  });

  it('gives way to the profile that a run falls back to', () => {
    const profiles = change('points:', 'profiles: { gpu: {}, cpu: { params: { batch: 1 } } }\npoints:');
    const wish = { point: 'large', profile: 'cpu', isFallback: true };
    expect(resolve(wish, profiles).resolved).toMatchObject({ point: 'large', params: { batch: 1, mode: 'b' } });
  });

  it('is refused with the nearest name when there is none of that name', () => {
    expect(resolve({ point: 'lage' }).told).toEqual([
      '--point: lage: no point is called "lage", it has base, large, long (did you mean "large"?)',
    ]);
    expect(resolve({ point: 'constructor' }, 'playbook: p\n').told).toEqual([
      '--point: constructor: no point is called "constructor", the playbook has none',
    ]);
  });

  it('stands in the playbook that was read, with the sweeps', () => {
    const { points, sweeps } = readText(text);
    expect(points).toEqual({
      base: { description: null, params: {} },
      large: { description: 'as much as fits', params: { batch: 64, mode: 'b' } },
      long: { description: null, params: { steps: 900 } },
    });
    expect(sweeps).toEqual({
      sizes: [
        { point: 'base', runName: 'base' },
        { point: 'large', runName: 'all-of-it' },
      ],
    });
  });

  it.each([
    ['batch: 64, mode: b', 'batch: 65, mode: b', 'p.yaml:8:59: points.large.params.batch: expected at most 64, got 65'],
    ['batch: 64, mode: b', 'batch: "64"', 'p.yaml:8:59: points.large.params.batch: expected a whole number, got "64"'],
    ['mode: b }', 'mode: c }', 'p.yaml:8:69: points.large.params.mode: expected "a" or "b", got "c"'],
    [
      'mode: b }',
      'mod: b }',
      'p.yaml:8:63: points.large.params.mod: no param is called "mod", it has batch, mode, steps (did you mean "mode"?)',
    ],
    [
      'mode: b }',
      'mode: "${{ params.x }}" }',
      'p.yaml:8:69: points.large.params.mode: expected plain text, an expression is not filled in here: "${{ params.x }}"',
    ],
    [
      '{ steps: 900 }',
      '{ steps: [1] }',
      'p.yaml:9:28: points.long.params.steps: expected text, a number or true or false, got a list',
    ],
    ['params: { steps', 'parms: { steps', 'p.yaml:9:11: points.long.parms: unknown key "parms" (did you mean "params"?)'],
    ['  base: {}', '  "a b": {}', 'p.yaml:7:3: points."a b": expected a name of letters, digits, "-", "_" and ".", got "a b"'],
  ])('with %j made %j is told where it is written', (from, to, message) => {
    expect(tellText(change(from, to)).filter((line) => !line.includes('sweeps'))).toEqual([message]);
  });

  it('is looked at as it would run: what its values lead to is told before a run of it is asked for', () => {
    const limited = change('log: x.log', `log: x.log, time-limit: "\${{ params.mode == 'a' ? '1h' : 'soon' }}"`);
    expect(tellText(limited)).toEqual([
      'p.yaml:12:84: launch.time-limit: expected a duration such as "15m" or "1h30m", got "soon", with point "large"',
    ]);
  });

  it('is linted as it would run, and what is so without it is told once', () => {
    const work = (steps: string) => change('launch:', `work: { steps: "${steps}", time-per-step: 1s, duration: 50s }\nlaunch:`);
    expect(lint(work('${{ params.steps }}'))).toEqual([
      'p.yaml:12:68: warning: work.duration: 900 steps of 1s each take 15m, and the duration is given as 50s, with point "long" (correct the figure that is wrong)',
    ]);
    expect(lint(work('${{ 60 }}'))).toHaveLength(1);
    const { document, ...playbook } = readText(work('${{ params.steps }}'));
    expect(lintPlaybook({ document, ...playbook }, { point: 'base' })).toEqual([]);
    expect(lintPlaybook({ document, ...playbook }, { point: 'long' })).toHaveLength(1);
  });
});

describe('a sweep', () => {
  const sweep = '[base, { point: large, run-name: all-of-it }]';

  it.each([
    [
      '[bas]',
      'p.yaml:11:11: sweeps.sizes[0]: no point is called "bas", expected "base" or "large" or "long" (did you mean "base"?)',
    ],
    [
      '[{ point: bas, run-name: x }]',
      'p.yaml:11:20: sweeps.sizes[0].point: no point is called "bas", expected "base" or "large" or "long" (did you mean "base"?)',
    ],
    [
      '[base, { point: large, run-name: base }]',
      'p.yaml:11:43: sweeps.sizes[1].run-name: a second run of this sweep is called "base" (give each its own "run-name")',
    ],
    ['[base, base]', 'p.yaml:11:17: sweeps.sizes[1]: a second run of this sweep is called "base" (give each its own "run-name")'],
    ['[]', 'p.yaml:11:10: sweeps.sizes: expected at least 1 entry, got an empty list'],
    ['[{ point: base, name: x }]', 'p.yaml:11:26: sweeps.sizes[0].name: unknown key "name", expected point or run-name'],
    [
      '[{ point: base, run-name: a/b }]',
      'p.yaml:11:36: sweeps.sizes[0].run-name: expected a name of letters, digits, "-", "_" and ".", got "a/b"',
    ],
  ])('of %s is refused', (runs, message) => {
    expect(tellText(change(sweep, runs))).toEqual([message]);
  });

  it('of the same point under two names is noted', () => {
    expect(lint(change(sweep, '[base, large, { point: base, run-name: again }]'))).toEqual([
      'p.yaml:11:24: note: sweeps.sizes[2]: "again" is the same experiment as "base": both are point "base" (leave one out, unless it is to be repeated)',
    ]);
    expect(lint(text)).toEqual([]);
  });
});
