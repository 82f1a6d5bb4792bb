import { describe, expect, it } from 'vitest';
import { lintPlaybook } from '../../src/playbook/lint/lint-playbook.ts';
import { resolvePlaybook } from '../../src/playbook/resolve-playbook.ts';
import { formatProblem } from '../../src/problem.ts';
import { readText, tellText } from './playbook-text.ts';

function resolve(text: string) {
  return resolvePlaybook(readText(`playbook: p\n${text}\n`), { set: {}, host: {} }).resolved;
}

const tell = (text: string) => tellText(`playbook: p\n${text}\n`);

describe('a gang', () => {
  const plain = { withinSeconds: 120, ready: null, onFailure: 'stop', processesPerWorker: 1 };

  it.each([
    ['gang: {}', plain],
    ['gang: true', plain],
    ['gang: false', null],
    ['description: several hosts are one run each', null],
    [
      "gang: { within: 90s, ready: '^Rank \\d+', on-failure: keep, processes-per-worker: 4 }",
      { withinSeconds: 90, ready: '^Rank \\d+', onFailure: 'keep', processesPerWorker: 4 },
    ],
  ])('%s', (text, gang) => {
    expect(resolve(text)?.gang).toEqual(gang);
  });

  it('has every mistake told at once', () => {
    expect(tell("gang: { within: 0s, ready: '(', on-failure: stp, processes-per-worker: 0, wihtin: 1m }")).toEqual([
      'p.yaml:2:17: gang.within: expected a duration longer than nothing, got "0s"',
      'p.yaml:2:28: gang.ready: not a regular expression: missing closing ): `(`',
      'p.yaml:2:45: gang.on-failure: expected "stop" or "keep", got "stp" (did you mean "stop"?)',
      'p.yaml:2:72: gang.processes-per-worker: expected at least 1, got 0',
      'p.yaml:2:75: gang.wihtin: unknown key "wihtin" (did you mean "within"?)',
    ]);
  });

  it('is linted: the workers cannot take longer to be ready than the job may run', () => {
    const text = (within: string) => `playbook: p\ngang: { within: ${within} }\nlaunch: { run: x, log: x.log, time-limit: 5m }\n`;
    expect(lintPlaybook(readText(text('5m')))).toEqual([]);
    expect(lintPlaybook(readText(text('10m'))).map(formatProblem)).toEqual([
      'p.yaml:2:17: warning: gang.within: the workers have 10m to be ready, and the guard stops the job after 5m (give them less, or raise launch.time-limit)',
    ]);
  });
});

describe('the workers of an entry', () => {
  it('are all side by side, unless it says otherwise', () => {
    const entries = resolve(`prepare:
  - { action: a, run: x }
  - { action: b, run: x, on: each }
validate:
  - { check: c, run: x, on: first }
  - { check: d, run: x, on: 3 }
  - { check: e, run: x, alike: true }`);
    const all = [...(entries?.prepare ?? []), ...(entries?.validate ?? [])];
    expect(all.map(({ on, alike }) => [on, alike])).toEqual([
      ['all', false],
      ['each', false],
      ['first', false],
      [3, false],
      ['all', true],
    ]);
  });

  it.each([
    [
      '{ check: a, run: x, on: frist }',
      'p.yaml:3:29: validate[0].on: expected "all", "each" or "first" or a number, got "frist" (did you mean "first"?)',
    ],
    ['{ check: a, run: x, on: -1 }', 'p.yaml:3:29: validate[0].on: expected at least 0, got -1'],
    [
      '{ check: a, run: x, on: 1.5 }',
      'p.yaml:3:29: validate[0].on: expected "all", "each" or "first" or a whole number, got 1.5',
    ],
    [
      '{ check: a, run: x, on: first, alike: true }',
      'p.yaml:3:36: validate[0].alike: "alike" compares all workers, and "on: first" looks at one: expected one of the two',
    ],
    [
      '{ check: a, run: x, alike: true, on: 3 }',
      'p.yaml:3:25: validate[0].alike: "alike" compares all workers, and "on: 3" looks at one: expected one of the two',
    ],
    [
      '{ action: a, run: x, alike: true }',
      'p.yaml:3:26: validate[0].alike: "alike" goes with a check: an action finds nothing that could be compared',
    ],
    ['{ check: a, confirm: yes?, on: first }', 'p.yaml:3:32: validate[0].on: "on" goes with what is looked at on the host'],
    [
      '{ check: a, confirm: yes?, alike: true }',
      'p.yaml:3:32: validate[0].alike: "alike" goes with what is looked at on the host',
    ],
  ])('%s is refused', (entry, message) => {
    expect(tell(`validate:\n  - ${entry}`)).toEqual([message]);
  });
});
