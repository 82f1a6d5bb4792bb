import { compileExpression } from '../../language/expression.ts';
import { compilePattern } from '../../language/pattern.ts';
import type { Expectation, OutputExpectation } from '../../playbook/entries/entry.ts';

export interface Judged {
  met: boolean;
  expected: string;
  observed: string;
}

/** Holds what a command answered against what its author expects. All that is given must hold. */
export function judgeAnswer(expect: Expectation, answer: { exitCode: number; stdout: string; stderr: string }): Judged {
  const judged = [
    { met: answer.exitCode === expect.exit, expected: `exit ${expect.exit}`, observed: describeExit(answer) },
    ...(expect.stdout === null ? [] : [judgeOutput('stdout', expect.stdout, answer.stdout)]),
    ...(expect.stderr === null ? [] : [judgeOutput('stderr', expect.stderr, answer.stderr)]),
  ];
  const said = judged.length > 1 && answer.exitCode === expect.exit ? judged.slice(1) : judged;
  return {
    met: judged.every(({ met }) => met),
    expected: judged.map(({ expected }) => expected).join(', '),
    observed: said.map(({ observed }) => observed).join(', '),
  };
}

function describeExit({ exitCode, stderr, stdout }: { exitCode: number; stdout: string; stderr: string }): string {
  if (exitCode === 0) return 'exit 0';
  const lastLine = (stderr.trim() === '' ? stdout : stderr).trim().split('\n').at(-1) ?? '';
  return lastLine === '' ? `exit ${exitCode}` : `exit ${exitCode}: ${shorten(lastLine)}`;
}

function judgeOutput(stream: string, expect: OutputExpectation, output: string): Judged {
  const text = output.trimEnd();
  const conditions: Judged[] = [];
  const add = (met: boolean, expected: string, observed = shorten(lastLineOf(text))) =>
    conditions.push({ met, expected, observed });
  if (expect.equals !== null) add(text === expect.equals, `${stream} "${expect.equals}"`);
  if (expect.oneOf !== null) add(expect.oneOf.includes(text), `${stream} one of ${expect.oneOf.join(', ')}`);
  if (expect.contains !== null) add(text.includes(expect.contains), `${stream} with "${expect.contains}"`);
  if (expect.matches !== null) add(find(expect.matches, text) !== null, `${stream} like ${expect.matches}`);
  if (expect.capture !== null) conditions.push(judgeCapture(stream, expect.capture, expect.where, text));
  return {
    met: conditions.every(({ met }) => met),
    expected: conditions.map(({ expected }) => expected).join(', '),
    observed: [...new Set(conditions.map(({ observed }) => observed))].join(', '),
  };
}

function judgeCapture(stream: string, capture: string, where: string | null, text: string): Judged {
  const expected = `${stream} like ${capture}${where === null ? '' : ` where ${where}`}`;
  const captures = find(capture, text);
  if (captures === null) return { met: false, expected, observed: `no match in "${shorten(lastLineOf(text))}"` };
  const observed = Object.entries(captures)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
  if (where === null) return { met: true, expected, observed };
  const compiled = compileExpression(where);
  if (!compiled.ok) return { met: false, expected, observed: compiled.message };
  const answer = compiled.expression.evaluate(captures);
  return 'unknown' in answer
    ? { met: false, expected, observed: `${observed}; ${answer.unknown}` }
    : { met: answer.value === true, expected, observed };
}

function find(source: string, text: string): Record<string, string | number> | null {
  const compiled = compilePattern(source);
  return compiled.ok ? compiled.pattern.capture(text) : null;
}

function lastLineOf(text: string): string {
  return text.split('\n').at(-1) ?? '';
}

/** One line of it, as a row shows it. */
export function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
