import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assemblePlaybook, readPlaybook } from '../../src/playbook/read-playbook.ts';
import { formatProblem } from '../../src/problem.ts';
import { readText, tellText } from './playbook-text.ts';

describe('a playbook with many mistakes', () => {
  it('has all of them told at once, each at its place', () => {
    const text = `playbook: bad
descripton: x
params:
  steps: { type: integer, default: ten }
work: { steps: "\${{ params.stepz }}", throughput: often }
env: { B: { value: x, crtical: true } }
validate:
  - check: a
    archive: x
  - check: a
    run: x
    expect: { stdout: { capture: '(?<n>\\d+)', where: m == 3 } }
launch:
  run: x
  halt: { then: [SIGTERM, 60s] }
monitor:
  metrics: { training: { csv: a.csv, columns: [step, loss] } }
  criteria:
    - { criterion: c, expr: last(training.los) < 3, window: often }
schedule: []
`;
    expect(tellText(text)).toEqual([
      'p.yaml:2:1: descripton: unknown key "descripton" (did you mean "description"?)',
      'p.yaml:4:36: params.steps.default: expected a whole number, got "ten"',
      'p.yaml:5:16: work.steps: no param is called "stepz", it has steps (did you mean "steps"?)',
      'p.yaml:5:51: work.throughput: expected a number, got "often"',
      'p.yaml:6:23: env.B.crtical: unknown key "crtical" (did you mean "critical"?)',
      'p.yaml:9:5: validate[0].archive: "archive" changes something: it belongs to an "action"',
      'p.yaml:10:12: validate[1].check: a second check or action is called "a"',
      'p.yaml:12:54: validate[1].expect.stdout.where: no group of "capture" is called "m", expected "n"',
      'p.yaml:13:1: launch.log: missing, expected text',
      'p.yaml:15:18: launch.halt.then[0]: expected a signal (HUP, INT, QUIT, ABRT, KILL, USR1, USR2, ALRM, TERM, CONT, WINCH), got "SIGTERM" (did you mean "TERM"?)',
      'p.yaml:19:29: monitor.criteria[0].expr: no column of "training" is called "los", expected "step" or "loss" (did you mean "loss"?)',
      'p.yaml:19:61: monitor.criteria[0].window: expected a window such as "steps 20..100", "steps 100..", "since start 0s..60m", "last 100 samples", "last 10m" or "phase NAME", got "often"',
      'p.yaml:20:1: schedule: not yet: this version does not execute "schedule"',
    ]);
  });
});

describe('one mistake gives one message', () => {
  const entry = (rest: string) => `validate:\n  - check: c\n    ${rest}`;
  const monitor = (rest: string) =>
    `monitor:\n  metrics:\n    training: { csv: t.csv, columns: [step, loss] }\n    gpu: { accelerators: 10s }\n  ${rest}`;
  const criterion = (rest: string) => monitor(`criteria:\n    - { criterion: c, ${rest} }`);

  it.each([
    ['params: { a: { type: text } }', 'params.a.type: expected "string", "integer", "number" or "boolean", got "text"'],
    ['params: { "a b": { type: string } }', 'params."a b": expected letters, digits and "_", got "a b"'],
    ['params: { a: { type: integer, default: 5, max: 3 } }', 'params.a.default: expected at most 3, got 5'],
    ['params: { a: { type: integer, default: 1.5 } }', 'params.a.default: expected a whole number, got 1.5'],
    ['params: { a: { type: number, min: 3, max: 2 } }', 'params.a.min: expected at most 2, which is "max", got 3'],
    ['params: { a: { type: string, min: 3 } }', 'params.a.min: a string has no "min"'],
    ['params: { a: { type: string, default: c, one-of: [a, b] } }', 'params.a.default: expected "a" or "b", got "c"'],
    [
      'params: { a: { type: string, default: "${{ params.b }}" } }',
      'params.a.default: expected plain text, an expression is not filled in here: "${{ params.b }}"',
    ],
    ['env: { A: "a\\0b" }', 'env.A: a NUL byte cannot be passed to a program'],
    ['workdir: 5', 'workdir: expected text, got 5'],
    [
      'workdir: "${{ parms.a }}"',
      'workdir: no name "parms" is known here, expected params.NAME, today, point or run_name (did you mean "params"?)',
    ],
    ['workdir: "${{ params.a"', 'workdir: "${{" is not closed by "}}"'],
    ['work: { duration: 20h..15h }', 'work.duration: expected the smaller end first, got "20h..15h"'],
    [
      'work: { time-per-step: 1..2 }',
      'work.time-per-step: expected a duration such as "15m" or "1h30m", got "1", which has no unit',
    ],
    ['budget: { time: 90 }', 'budget.time: expected a duration such as "15m", got 90'],
    ['budget: { cost: 200USD }', 'budget.cost: expected a number, got "200USD"'],
    [
      'stages: { setup: 15x }',
      'stages.setup: expected a duration such as "15m" or "1h30m", got "15x": the units are d, h, m, s, ms',
    ],
    ['volatile: [data]', 'volatile[0]: expected a path that begins with "/", got "data"'],
    ['requires: { python: new }', 'requires.python: expected a version condition such as ">=3.10", got "new"'],
    ['requires: { python: 3.10 }', 'requires.python: expected a version condition such as ">=3.10", got 3.1'],
    ['requires: { cuda: latest }', 'requires.cuda: expected a version condition such as ">=3.10", got "latest"'],
    [
      'requires: { network: [huggingface.co] }',
      'requires.network[0]: expected host:port such as "huggingface.co:443", got "huggingface.co"',
    ],
    ['requires: { network: ["a:70000"] }', 'requires.network[0]: expected host:port such as "huggingface.co:443", got "a:70000"'],
    ['requires: { tools: ["git; rm"] }', 'requires.tools[0]: expected the name of a program such as "git", got "git; rm"'],
    ['requires: { memory: 64 }', 'requires.memory: expected a size such as "80GB", got 64'],
    [
      'requires: { accelerators: { topology: big } }',
      'requires.accelerators.topology: expected a topology such as "2x4x4", got "big"',
    ],
    ['requires: { disk: { free: 20 } }', 'requires.disk.free: expected a size such as "80GB", got 20'],
    [
      'requires: { accelerators: { vendor: nvidea } }',
      'requires.accelerators.vendor: expected "nvidia", "amd" or "google", got "nvidea" (did you mean "nvidia"?)',
    ],
    ['env: { A: 1 }', 'env.A: expected text or a mapping, got 1'],
    ['env: { "A-B": x }', 'env.A-B: expected letters, digits and "_", got "A-B"'],
    [entry('run: x\n    expected-time: 15'), 'validate[0].expected-time: expected a duration such as "15m", got 15'],
    [
      entry('run: x\n    expected-time: 15x'),
      'validate[0].expected-time: expected a duration such as "15m" or "1h30m", got "15x": the units are d, h, m, s, ms',
    ],
    [
      entry('severity: warn'),
      'validate[0]: expected one of "run", "accelerators", "config", "files", "git", "python", "processes", "environment", "confirm", "question" in this check, got none',
    ],
    [
      entry('run: x\n    accelerators: free'),
      'validate[0]: expected one of "run", "accelerators", "config", "files", "git", "python", "processes", "environment", "confirm", "question" in this check, got run and accelerators',
    ],
    [entry('accelerators: free\n    expect: { exit: 1 }'), 'validate[0].expect: "expect" goes with "run" alone'],
    [
      'prepare: [{ action: a, send: { from: x, to: ., delete: true } }]',
      'prepare[0].send.delete: expected a folder of its own in "to", got ".": all else in it is removed',
    ],
    [
      'validate: [{ check: a, send: { from: x, to: y } }]',
      'validate[0].send: "send" changes something: it belongs to an "action"',
    ],
    [
      'prepare: [{ action: a, archive: x, expected-time: 1m }]',
      'prepare[0].expected-time: "expected-time" goes with "run", "send" and "checkout": everything else is quick',
    ],
    [entry('run: x\n    expect: { exit: 300 }'), 'validate[0].expect.exit: expected at most 255, got 300'],
    [
      entry('run: x\n    expect: { stdout: {} }'),
      'validate[0].expect.stdout: expected "equals", "one-of", "contains", "matches" or "capture"',
    ],
    [
      entry("run: x\n    expect: { stdout: { matches: '(a' } }"),
      'validate[0].expect.stdout.matches: not a regular expression: missing closing ): `(a`',
    ],
    [
      entry('run: x\n    expect: { stdout: { capture: x } }'),
      'validate[0].expect.stdout.capture: expected a named group such as "(?<passed>\\d+)"',
    ],
    [
      entry('run: x\n    expect: { stdout: { where: 1 == 1 } }'),
      'validate[0].expect.stdout.where: "where" needs a "capture" beside it',
    ],
    [
      entry('config: { file: x, expect: { model: { dim: 3 } } }'),
      'validate[0].config.expect.model.dim: unknown key "dim", expected one-of, within, matches or set',
    ],
    [entry('files: { glob: x, size: 5 }'), 'validate[0].files.size: expected text or a mapping, got 5'],
    ['prepare:\n  - run: x', 'prepare[0]: expected either "check" or "action", with a name'],
    ['prepare:\n  - action: a\n    check: b\n    run: x', 'prepare[0]: expected either "check" or "action", with a name'],
    ['prepare:\n  - action: a\n    files: { glob: x }', 'prepare[0].files: "files" only looks: it belongs to a "check"'],
    [
      'launch: { run: x, log: l, halt: { grace: 5m } }',
      'launch.halt.grace: "grace" is the time given to a "sentinel", and there is none',
    ],
    [
      'launch: { run: x, log: l, stack-dump: { signal: KILL } }',
      'launch.stack-dump.signal: KILL ends the job before it can write its stack',
    ],
    [
      monitor('progress: { metric: trainin.step }'),
      'monitor.progress.metric: no metric source is called "trainin", expected "training" or "gpu" (did you mean "training"?)',
    ],
    [monitor('progress: { metric: step }'), 'monitor.progress.metric: expected a series written source.column, got "step"'],
    [monitor('stall: { no-progress: 3m }'), 'monitor.stall: "stall" is told by progress, and there is no monitor.progress'],
    [monitor('flags: [{ red: x, green: y }]'), 'monitor.flags[0]: expected one of "red", "yellow" or "green", got red and green'],
    [
      monitor('flags: [{ red: x, in: gpu }]'),
      'monitor.flags[0].in: no metric source with lines is called "gpu", expected "training"',
    ],
    [
      monitor("known-issues: [{ issue: a, when: '(' }]"),
      'monitor.known-issues[0].when: not a regular expression: missing closing ): `(`',
    ],
    [
      monitor('progress: { metric: training.step }\n  stall: { no-progress: 3m, at-least: 1m }'),
      'monitor.stall.at-least: "at-least" belongs to "no-progress: auto"',
    ],
    [
      monitor('progress: { metric: training.step }\n  stall: { no-progress: 3m, slow: [{ name: a, allow: 9m }] }'),
      'monitor.stall.slow[0]: expected one of "log" or "every", got none',
    ],
    [
      monitor('log-silence: { red: 5 minutes }'),
      'monitor.log-silence.red: expected a duration such as "15m" or "1h30m", got "5 minutes"',
    ],
    [
      criterion('expr: last(gpu.memory) < 3'),
      'monitor.criteria[0].expr: no column of "gpu" is called "memory", expected "index" or "memory_used" or "utilization" or "temperature" or "power"',
    ],
    [
      criterion('expr: last(training.loss) <'),
      'monitor.criteria[0].expr: unexpected token: EOF, at character 22 of "last(training.loss) <"',
    ],
    [
      criterion('expr: last(training.loss) < 3, then: [stack-dump]'),
      'monitor.criteria[0].then[0]: "stack-dump" needs launch.stack-dump, which is not there',
    ],
    [
      criterion('expr: last(training.loss) < 3, window: steps 9..1'),
      'monitor.criteria[0].window: expected the smaller step first, got "steps 9..1"',
    ],
    [
      criterion('expr: last(training.loss) < 3, window: phase warm'),
      'monitor.criteria[0].window: no phase is called "warm", there is none',
    ],
    [
      criterion('expr: last(training.loss) < 3 && last(training.step) > 1, margin: 2%'),
      'monitor.criteria[0].margin: a margin needs an expression that is one comparison by <, <=, > or >=',
    ],
    [
      criterion('expr: last(training.loss) < 3, margin: much'),
      'monitor.criteria[0].margin: expected a margin such as "20%", got "much"',
    ],
    [
      criterion('expr: last(training.loss) < 3, window: steps 1..9, for: 3'),
      'monitor.criteria[0].for: a window that ends is judged once, so that nothing can hold "for" a time',
    ],
    [
      criterion('expr: last(training.loss) < last(gpu.power), for: 2m'),
      'monitor.criteria[0].for: "for" counts the readings of one source, and the expression reads training and gpu',
    ],
    [
      criterion('expr: age(training.loss) < 60, for: 2m'),
      'monitor.criteria[0].for: "for" counts readings, and an age grows between them: give it a larger limit',
    ],
    [
      criterion('expr: last(training.loss) < 3, each: gpu.index'),
      'monitor.criteria[0].each: the expression reads nothing of "gpu"',
    ],
    [
      criterion('expr: last(training.loss) < 3, each: training.rank'),
      'monitor.criteria[0].each: no column of "training" is called "rank", expected "step" or "loss"',
    ],
    [monitor('aliases: { loss: [train_loss] }'), 'monitor.aliases.loss: expected a series written source.column, got "loss"'],
    [
      monitor('references: [cpu]'),
      'monitor.references[0]: no metric source is called "cpu", expected "training" or "gpu" (did you mean "gpu"?)',
    ],
    [
      monitor('earlier-runs: { gpu: { run: last succeeded, metric: training } }'),
      'monitor.earlier-runs.gpu: a metric source is called "gpu", too',
    ],
    [monitor('phases: { warm: steps 9..1 }'), 'monitor.phases.warm: expected the smaller step first, got "steps 9..1"'],
    [
      criterion('expr: last(training.loss) < 3 && last(training.step) > 1, expected: 1..2'),
      'monitor.criteria[0].expected: a band needs one comparison to belong to, and the expression has 2',
    ],
    [
      'monitor: { checkpoints: { path: x, loads: python3 check.py } }',
      'monitor.checkpoints.loads: expected "{checkpoint}" where the path of the checkpoint goes',
    ],
    [
      'monitor: { checkpoints: { path: x, finite: y } }',
      'monitor.checkpoints.finite: "finite" goes with "loads", which is not there',
    ],
    [
      'monitor: { checkpoints: { path: x, first-at: 5 } }',
      'monitor.checkpoints.first-at: "first-at" goes with "every", which is not there',
    ],
    ["monitor: { checkpoints: { path: 'a{step}b{step}' } }", 'monitor.checkpoints.path: "{step}" stands in it twice'],
    [
      "monitor: { checkpoints: { path: x, back-up: { to: 'nas:backup' } } }",
      'monitor.checkpoints.back-up.to: expected a folder from "/" or "~/", as in "HOST:/backup" or "local:~/backup", got "nas:backup"',
    ],
    [
      'monitor: { checkpoints: { path: x, keep: { last: 2, best: 1 } } }',
      'monitor.checkpoints.keep.best: there is no monitor.checkpoints.best that says which is',
    ],
    [
      monitor('checkpoints: { path: x, best: { by: trainin.loss } }'),
      'monitor.checkpoints.best.by: no metric source is called "trainin", expected "training" or "gpu" (did you mean "training"?)',
    ],
    [
      'monitor: { metrics: { a: { csv: x, columns: [loss] } } }',
      'monitor.metrics.a.columns: no column for the step is called "step", expected "loss"',
    ],
    ['monitor: { metrics: { a: { accelerators: 10ms } } }', 'monitor.metrics.a.accelerators: expected at least 1s, got "10ms"'],
    [
      "monitor: { metrics: { a: { jsonl: x, when: 'msg ==' } } }",
      'monitor.metrics.a.when: unexpected token: EOF, at character 7 of "msg =="',
    ],
  ])('%s', (text, message) => {
    const told = tellText(`playbook: p\n${text}\n`);
    expect(told.map((line) => line.replace(/^p\.yaml:\d+:\d+: /, ''))).toEqual([message]);
  });
});

const buildText = (text: string) => assemblePlaybook(readText(text).document, {});

describe('what the monitor watches besides criteria', () => {
  it('is filled with its defaults', () => {
    const { built } = buildText('playbook: p\nmonitor: {}\n');
    expect(built.monitor).toMatchObject({
      logSilence: null,
      idle: { seconds: 300, ranks: null, accelerators: null },
      knownIssues: [],
      silenced: [],
    });
  });

  it('is read as it is written', () => {
    const { built } = buildText(`playbook: p
monitor:
  metrics: { beat: { jsonl: beat.jsonl, step: step } }
  progress: { metric: beat.step }
  stall: { no-progress: auto, compile: 20m, slow: [{ name: save, every: 500, allow: 10m }] }
  log-silence: { red: 5m }
  idle: off
  flags: [{ red: watchdog_dump, in: beat }]
  known-issues: [{ issue: 'ROCm #2153', when: HSA_STATUS }]
  built-in: { without: [no-gpu, hipblaslt] }
`);
    expect(built.monitor).toMatchObject({
      stall: {
        noProgressSeconds: 180,
        learns: true,
        compileSeconds: 1200,
        slow: [{ name: 'save', log: null, every: 500, allowSeconds: 600 }],
      },
      logSilence: { seconds: 300, color: 'red' },
      idle: null,
      flags: [{ color: 'red', pattern: 'watchdog_dump', in: 'beat' }],
      knownIssues: [{ issue: 'ROCm #2153', url: null, pattern: 'HSA_STATUS', hint: null }],
      silenced: ['no-gpu', 'hipblaslt'],
    });
    expect(buildText('playbook: p\nmonitor: { built-in: off }\n').built.monitor?.silenced).toBe('all');
  });
});

describe('names that the format keeps for later', () => {
  it.each([
    ['roles: {}', '2:1: roles', 'roles'],
    ['schedule: {}', '2:1: schedule', 'schedule'],
    ['validate:\n  - { check: c, run: x, when: always }', '3:25: validate[0].when', 'when'],
    ['prepare:\n  - { action: c, run: x, role: server }', '3:26: prepare[0].role', 'role'],
  ])('%s', (text, place, key) => {
    expect(tellText(`playbook: p\n${text}\n`)).toEqual([`p.yaml:${place}: not yet: this version does not execute "${key}"`]);
  });
});

describe('a param without a default', () => {
  it('leaves what depends on it for the moment it has a value', () => {
    const text = 'playbook: p\nparams: { n: { type: integer }, t: { type: string } }\n';
    expect(tellText(`${text}work: { steps: "\${{ params.n }}", throughput: "\${{ params.t }}" }\n`)).toEqual([]);
    expect(tellText(`${text}work: { steps: "\${{ params.n }}", throughput: often }\n`)).toHaveLength(1);
  });
});

describe('a file that is no playbook', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-playbook-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const aliasBomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    .concat(['b', 'c', 'd', 'e'].map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcd'[index]}`).join(', ')}]`))
    .join('\n');

  it.each([
    ['a tab', 'playbook: p\n\tworkdir: x\n', ':2:1: a tab is not allowed as indentation: use blanks'],
    ['an alias bomb', aliasBomb, ':2:8: expected at most 100 uses of aliases'],
    ['50 MB', Buffer.alloc(50_000_000, 'a'), ': too large: expected at most 1048576 bytes (1 MiB), got 50000000 bytes'],
    ['an empty file', '', ': the file is empty'],
    ['invalid UTF-8', Buffer.from([0x70, 0x0a, 0xff]), ':2: invalid UTF-8: byte 0xff'],
    ['a list', '- a\n', ':1:1: expected a mapping, got a list'],
    ['other text', 'hello\n', ':1:1: expected a mapping, got "hello"'],
    ['no name', 'workdir: x\n', ':1:1: playbook: missing, expected text'],
  ])('%s gives one clear message', (_case, content, message) => {
    const file = join(folder, 'p.yaml');
    writeFileSync(file, content);
    const { playbook, problems } = readPlaybook(file);
    expect(playbook).toBeNull();
    expect(problems.map(formatProblem)).toEqual([`${file}${message}`]);
  });

  it('is told when it is not there', () => {
    expect(readPlaybook(join(folder, 'no.yaml')).problems.map(({ message }) => message)).toEqual(['no such file']);
  });
});

it('a playbook needs nothing but its name', () => {
  expect(readText('playbook: p\n')).toMatchObject({ name: 'p', description: null, params: {} });
});

it('any value in any place is answered with problems, not with a crash', () => {
  const keys = ['params', 'work', 'requires', 'source', 'env', 'prepare', 'validate', 'launch', 'monitor', 'verify', 'workdir'];
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('x', '${{ params.a }}', '1..2', '15m', ''),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom('metrics', 'criteria', 'run', 'check', 'expect', 'stdout', 'csv', 'halt', 'then', 'a'),
        tie('any'),
        {
          maxKeys: 4,
        },
      ),
    ),
  })).any;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), value), (parts) => {
      const told = tellText(JSON.stringify({ playbook: 'p', ...parts }));
      expect(told.every((line) => line.startsWith('p.yaml:'))).toBe(true);
    }),
  );
});
