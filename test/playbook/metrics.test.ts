import { describe, expect, it } from 'vitest';
import { resolvePlaybook } from '../../src/playbook/resolve-playbook.ts';
import { readText, tellText } from './playbook-text.ts';

function withMetric(metric: string, rest = ''): string {
  return `playbook: p\nlaunch: { run: x, log: x.log }\nmonitor: { metrics: { a: ${metric} }${rest} }\n`;
}

describe('a metric source', () => {
  it.each([
    ['{ csv: "out/*.csv", separator: tab }', { kind: 'csv', path: 'out/*.csv', separator: '\t', label: null, step: 'step' }],
    ['{ jsonl: "out/rank{rank}.jsonl" }', { kind: 'jsonl', label: 'rank', step: null }],
    [
      `{ text: x.log, pattern: 'step (?<step>\\d+) loss (?<loss>\\S+)' }`,
      {
        kind: 'text',
        step: 'step',
        patterns: [{ source: String.raw`step (?<step>\d+) loss (?<loss>\S+)`, groups: ['step', 'loss'] }],
      },
    ],
    [`{ text: x.log, pattern: ['(?<loss>x)', '(?<epoch>y)'], step: epoch }`, { kind: 'text', step: 'epoch' }],
    [`{ text: x.log, pattern: '(?<loss>x)' }`, { kind: 'text', step: null }],
    ['{ format: nemo, path: x.log }', { kind: 'format', format: 'nemo', step: 'step', label: null }],
    ['{ json: x.json, rows: a.b, step: step }', { kind: 'json', rows: 'a.b', step: 'step' }],
    ["{ sqlite: x.db, query: 'WITH e AS (SELECT 1) SELECT * FROM e;' }", { kind: 'sqlite', step: null }],
  ])('%s is read', (metric, expected) => {
    const { resolved } = resolvePlaybook(readText(withMetric(metric)), { set: {}, host: {} });
    expect(resolved?.monitor?.metrics[0]).toMatchObject({ name: 'a', ...expected });
  });

  it.each([
    ['{ csv: "x{rank}.csv", columns: [step, rank] }', 'a.columns[1]: "rank" is the column that the path of the file gives'],
    ['{ csv: "{a}{b}.csv" }', 'a.csv: expected one name in braces, got 2: "{a}{b}.csv"'],
    ['{ jsonl: "x{1}.jsonl" }', 'a.jsonl: expected a name of letters, digits and "_" in braces, got "1"'],
    [
      '{ jsonl: "*{rank}.jsonl" }',
      'a.jsonl: a name in braces takes every match, and a glob its newest one: "*{rank}.jsonl" has both, expected one of them',
    ],
    ['{ csv: x.csv, separator: blank }', 'a.separator: expected ",", ";", "|" or "tab", got "blank"'],
    ["{ text: x.log, pattern: 'loss (x' }", 'a.pattern: not a regular expression: missing closing )'],
    [
      "{ text: x.log, pattern: ['loss (x)'] }",
      'a.pattern[0]: expected named groups such as "(?<loss>\\S+)", which are the columns; there is none',
    ],
    [
      "{ text: x.log, pattern: '(?<loss>x)', step: step }",
      'a.step: no named group for the step is called "step", expected "loss"',
    ],
    ["{ text: 'x{rank}.log', pattern: '(?<rank>x)' }", 'a.pattern: "rank" is the column that the path of the file gives'],
    [
      '{ format: hf, path: x.log }',
      'a.format: expected "hf-trainer", "lightning", "nemo", "megatron", "torchtitan", "nanogpt", "llm-c" or "tqdm", got "hf"',
    ],
    ['{ json: x.json, rows: a..b }', 'a.rows: expected keys with dots between them, got "a..b"'],
    ['{ json: "x{rank}.json" }', 'a.json: a name in braces is for files that are read line by line, got "x{rank}.json"'],
    ["{ sqlite: x.db, query: 'DROP TABLE x' }", 'a.query: expected one SELECT, got "DROP TABLE x"'],
    ["{ sqlite: x.db, query: 'SELECT 1; DELETE FROM x' }", 'a.query: expected one SELECT, got "SELECT 1; DELETE FROM x"'],
  ])('%s is told', (metric, problem) => {
    expect(tellText(withMetric(metric)).map((text) => text.replace(/^[^ ]+ /, ''))).toEqual([
      expect.stringContaining(`monitor.metrics.${problem}`),
    ]);
  });

  it.each([
    [
      `{ text: 'x{rank}.log', pattern: '(?<step>x) (?<loss>y)' }`,
      'column of "a" is called "los", expected "step" or "loss" or "rank"',
    ],
    ['{ format: llm-c, path: x.log }', 'column of "a" is called "los", expected "step" or "train_loss"'],
  ])('%s has known columns', (metric, problem) => {
    const told = tellText(withMetric(metric, ', criteria: [{ criterion: c, expr: last(a.los) < 3 }]'));
    expect(told).toEqual([expect.stringContaining(problem)]);
  });
});
