import type { CollectedTest } from './collect.ts';

export interface TestResult {
  test: CollectedTest;
  outcome: 'passed' | 'failed' | 'skipped';
}

const width = 80;

export function formatHead(python: { version: string; executable: string }, verbose: boolean, rootDir: string): string[] {
  const platform = `platform linux -- Python ${python.version}, pytest-8.2.2, pluggy-1.5.0`;
  const wordy = verbose ? [`${platform} -- ${python.executable}`, 'cachedir: .pytest_cache'] : [platform];
  return [rule('=', 'test session starts'), ...wordy, `rootdir: ${rootDir}`];
}

/** `collected 12 items / 2 deselected / 10 selected` */
export function formatCollected(all: number, selected: number, verbose: boolean): string {
  const count = `collected ${all} item${all === 1 ? '' : 's'}`;
  const deselected = all === selected ? '' : ` / ${all - selected} deselected / ${selected} selected`;
  return `${verbose ? 'collecting ... ' : ''}${count}${deselected}`;
}

/** A line for each test, or one of letters for each file. */
export function formatProgress(results: TestResult[], verbose: boolean): string[] {
  const share = (done: number) => `[${String(Math.floor((100 * done) / results.length)).padStart(3)}%]`;
  const fill = (text: string, done: number) => `${text.padEnd(width - 7)} ${share(done)}`;
  if (verbose) return results.map((result, index) => fill(`${idOf(result)} ${describe(result)}`, index + 1));
  const letters = { passed: '.', failed: 'F', skipped: 's' };
  const files = [...new Set(results.map(({ test }) => test.file))];
  let done = 0;
  return files.map((file) => {
    const own = results.filter(({ test }) => test.file === file);
    done += own.length;
    return fill(`${file} ${own.map(({ outcome }) => letters[outcome]).join('')}`, done);
  });
}

/** What pytest shows of the failed ones. */
export function formatFailures(results: TestResult[]): string[] {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return [];
  return [
    rule('=', 'FAILURES'),
    ...failed.flatMap(({ test }) => [
      rule('_', test.name),
      '',
      ...test.body.slice(0, -1).map((line) => `    ${line}`),
      `>   ${test.body.at(-1)}`,
      'E       AssertionError: pretended, as PRETEND_PYTEST asks for',
      '',
      `${test.file}:${test.line + test.body.length - 1}: AssertionError`,
    ]),
    rule('=', 'short test summary info'),
    ...failed.map((result) => `FAILED ${idOf(result)} - AssertionError: pretended, as PRETEND_PYTEST asks for`),
  ];
}

/** `=== 1 failed, 9 passed, 2 deselected in 0.42s ===` */
export function formatEnd(results: TestResult[], deselected: number, seconds: number): string {
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  const counts: [number, string][] = [
    [count('failed'), 'failed'],
    [count('passed'), 'passed'],
    [count('skipped'), 'skipped'],
    [deselected, 'deselected'],
  ];
  const told = counts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return rule('=', `${(told.length === 0 ? ['no tests ran'] : told).join(', ')} in ${seconds.toFixed(2)}s`);
}

export function rule(fill: string, text: string): string {
  const room = width - text.length - 2;
  const left = Math.max(1, Math.floor(room / 2));
  return `${fill.repeat(left)} ${text} ${fill.repeat(Math.max(1, room - left))}`;
}

function idOf({ test }: TestResult): string {
  return `${test.file}::${test.name}`;
}

function describe({ outcome, test }: TestResult): string {
  return outcome === 'skipped' ? `SKIPPED (${test.gpuReason})` : outcome.toUpperCase();
}
