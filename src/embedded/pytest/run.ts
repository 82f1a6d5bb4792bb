import type { Interpreter } from '../python/interpreter.ts';
import { PretendFailure } from '../training/failure.ts';
import { parsePytestArguments } from './arguments.ts';
import { collectTests, keywordsOf } from './collect.ts';
import type { CollectedTest } from './collect.ts';
import { holds } from './expression.ts';
import { formatCollected, formatEnd, formatFailures, formatHead, formatProgress, rule } from './report.ts';
import type { TestResult } from './report.ts';

export interface PytestAnswer {
  text: string;
  exitCode: number;
}

/** Collects real tests, runs none of them, and lets all pass but what PRETEND_PYTEST asks for. `hasGpu`: what PyTorch would find. */
export function runPytest(args: string[], interpreter: Interpreter, hasGpu: boolean, wish: string): PytestAnswer {
  if (!['', 'fail', 'none'].includes(wish)) throw new PretendFailure(`PRETEND_PYTEST: expected fail or none, got "${wish}"`, 4);
  const startMs = performance.now();
  const { paths, verbose, keyword, mark } = parsePytestArguments(args);
  const all = wish === 'none' ? [] : collectTests(paths);
  const selected = all.filter((test) => isSelected(test, keyword, mark));
  const results = selected.map((test): TestResult => ({
    test,
    outcome: test.gpuReason !== null && !hasGpu ? 'skipped' : 'passed',
  }));
  const broken = results.findLast(({ outcome }) => outcome === 'passed');
  if (wish === 'fail' && broken !== undefined) broken.outcome = 'failed';

  const head = formatHead(interpreter, verbose, process.cwd());
  const unmet = interpreter.packages.has('torch') ? [] : all;
  const seconds = (performance.now() - startMs) / 1000;
  if (unmet.length > 0) return { text: join([...head, ...formatCollectionErrors(unmet, seconds)]), exitCode: 2 };
  const lines = [
    ...head,
    formatCollected(all.length, selected.length, verbose),
    '',
    ...formatProgress(results, verbose),
    '',
    ...formatFailures(results),
    formatEnd(results, all.length - selected.length, seconds),
  ];
  return { text: join(lines), exitCode: results.length === 0 ? 5 : broken?.outcome === 'failed' ? 1 : 0 };
}

function isSelected(test: CollectedTest, keyword: string | null, mark: string | null): boolean {
  const named = (word: string) => keywordsOf(test).some((each) => each.toLowerCase().includes(word.toLowerCase()));
  return (keyword === null || holds(keyword, named)) && (mark === null || holds(mark, (word) => test.marks.includes(word)));
}

/** Every file of tests here imports PyTorch, or something that does. */
function formatCollectionErrors(tests: CollectedTest[], seconds: number): string[] {
  const files = [...new Set(tests.map(({ file }) => file))];
  const count = `${files.length} error${files.length === 1 ? '' : 's'}`;
  return [
    `collected 0 items / ${count}`,
    '',
    rule('=', 'ERRORS'),
    ...files.flatMap((file) => [rule('_', `ERROR collecting ${file}`), "E   ModuleNotFoundError: No module named 'torch'"]),
    rule('=', 'short test summary info'),
    ...files.map((file) => `ERROR ${file}`),
    rule('!', `Interrupted: ${count} during collection`),
    rule('=', `${count} in ${seconds.toFixed(2)}s`),
  ];
}

function join(lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
