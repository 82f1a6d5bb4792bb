import { describe, expect, it } from 'vitest';
import { lintPlaybook } from '../../../src/playbook/lint/lint-playbook.ts';
import { formatProblem } from '../../../src/problem.ts';
import { readText } from '../playbook-text.ts';

function lint(text: string): string[] {
  return lintPlaybook(readText(`playbook: p\n${text}\n`)).map(formatProblem);
}

const launch = (run: string, rest = '') => `launch:\n  run: ${run}\n  log: x.log\n  ${rest}`;

describe('the sum of the work', () => {
  const work = (duration: string) =>
    `params: { steps: { type: integer, default: 50000 } }\nwork: { steps: "\${{ params.steps }}", tokens-per-step: 4096, throughput: 45..55, duration: ${duration} }`;

  it('is told when it cannot be done in the time given', () => {
    expect(lint(work('15h..20h'))).toEqual([
      'p.yaml:3:92: warning: work.duration: 50000 steps of 4096 tokens at 45..55 tokens/s take 43 to 53 days, and the duration is given as 15h..20h (correct the figure that is wrong)',
    ]);
  });

  it('is not told when it can', () => {
    expect(lint(work('40d..60d'))).toEqual([]);
    expect(lint(work('">= 50d"'))).toEqual([]);
  });

  it('waits for params without a value', () => {
    const playbook = readText(
      'playbook: p\nparams: { n: { type: integer } }\nwork: { steps: "${{ params.n }}", tokens-per-step: 1, throughput: 1..2, duration: 1s..2s }\n',
    );
    expect(lintPlaybook(playbook)).toEqual([]);
    expect(lintPlaybook(playbook, { params: { n: 7200 } }).map(({ message }) => message)).toEqual([
      '7200 steps of 1 tokens at 1..2 tokens/s take 1h to 2h, and the duration is given as 1s..2s',
    ]);
  });
});

describe('a command', () => {
  it.each([
    ['bash train.sh | tee out.log', ['"| tee" hides the exit status of what stands before it']],
    ['set -o pipefail; bash train.sh | tee out.log', []],
    ['pkill -f train.py', ['a kill by name also ends the same program of others']],
    ['true && killall python', ['a kill by name also ends the same program of others']],
    ['echo skill pkillx', []],
    ['nohup bash train.sh > out.log 2>&1 &', ['a command in the background ends at once, and so does the job']],
    ['bash train.sh &', ['a command in the background ends at once, and so does the job']],
    ['bash a.sh && bash b.sh 2>&1', []],
  ])('%s', (run, messages) => {
    expect(lintPlaybook(readText(`playbook: p\n${launch(JSON.stringify(run))}\n`)).map(({ message }) => message)).toEqual(
      messages,
    );
  });

  it('is looked at in every phase', () => {
    const told = lint(
      'prepare:\n  - { action: a, run: pkill x }\nvalidate:\n  - { check: b, run: a | tee b }\nverify:\n  - { check: c, run: killall x }',
    );
    expect(told.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'p.yaml:3:23: warning: prepare[0].run:',
      'p.yaml:5:22: warning: validate[0].run:',
      'p.yaml:7:22: warning: verify[0].run:',
    ]);
  });
});

describe('a launch', () => {
  it('is told when nothing in the end forces it to stop', () => {
    expect(lint(launch('x', 'halt: { then: [TERM, 60s] }'))).toEqual([
      'p.yaml:5:17: warning: launch.halt.then: a job that ignores these signals is never stopped (end with KILL)',
    ]);
  });

  it('is noted when critical variables are looked for in no process', () => {
    expect(lint(`env: { A: { value: x, critical: true } }\n${launch('x')}`)).toEqual([
      'p.yaml:4:3: note: launch: critical variables are not looked for in the started process (add "prove-env")',
    ]);
  });
});

describe('the rules of the guard', () => {
  const guard = (rules: string, rest = '') => lint(`${launch('x', `guard: { ${rules} }`)}\n  ${rest}`);
  const stall = (limits: string) => `stall: { file: beat, contains: x, ${limits} }`;

  it('that are sensible say nothing', () => {
    expect(guard(`${stall('no-new-line: 30m, first-line: 45m')}, disk: { free: 2GB }`)).toEqual([]);
  });

  it.each([
    [stall('no-new-line: 30m, first-line: 1m'), '', 'the first line is given less time than any later one'],
    [stall('no-new-line: 2h'), 'time-limit: 1h', 'the job is stopped after 1h by its time limit, and never for this'],
  ])('that can never hold, or stop a job which is well, are told: %s', (rules, rest, message) => {
    expect(guard(rules, rest).join('\n')).toContain(message);
  });

  it('that stop a job before the monitor speaks, or on a host that just meets the requirements, are told', () => {
    const text = (more: string) =>
      lint(`${launch('x', `guard: { ${stall('no-new-line: 1m')}, disk: { free: 20GB } }`)}\n${more}`).join('\n');
    expect(
      text('monitor: { metrics: { m: { csv: m.csv } }, progress: { metric: m.step }, stall: { no-progress: 3m } }'),
    ).toContain('the guard stops the job before monitor.stall speaks, after 3m');
    expect(text('requires: { disk: { path: ".", free: 20GB } }')).toContain('is below this floor from the start');
  });
});
