import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { systemCode } from '../../errors.ts';
import { PretendFailure } from '../training/failure.ts';

export interface CollectedTest {
  file: string;
  name: string;
  line: number;
  /** The lines of its body. */
  body: string[];
  marks: string[];
  /** Why it is skipped where PyTorch finds no GPU; null: it runs everywhere. */
  gpuReason: string | null;
}

/** The tests below these paths, in the order in which pytest takes them. */
export function collectTests(paths: string[]): CollectedTest[] {
  return paths.flatMap((path) => {
    const [file = '', name] = path.split('::');
    const tests = listTestFiles(file).flatMap((each) => readTests(each, readFileSync(each, 'utf8')));
    const chosen = name === undefined ? tests : tests.filter((test) => test.name === name);
    if (name !== undefined && chosen.length === 0) throw notFound(path);
    return chosen;
  });
}

function listTestFiles(path: string): string[] {
  try {
    if (statSync(path).isFile()) return [path];
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw notFound(path);
    throw error;
  }
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && /^test_.*\.py$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.split('/').some((part) => part.startsWith('.')))
    .sort();
}

function readTests(file: string, text: string): CollectedTest[] {
  const lines = text.split('\n');
  let decorators: string[] = [];
  const tests: CollectedTest[] = [];
  lines.forEach((line, index) => {
    if (line.startsWith('@')) decorators.push(line);
    const name = /^def (test_\w+)\(/.exec(line)?.[1];
    if (name === undefined) return;
    tests.push({
      file,
      name,
      line: index + 1,
      body: takeBody(lines.slice(index)),
      marks: decorators.flatMap((each) => /^@pytest\.mark\.(\w+)/.exec(each)?.[1] ?? []),
      gpuReason: decorators.flatMap((each) => /skipif\(not torch\.cuda.*reason="(.*)"/.exec(each)?.[1] ?? [])[0] ?? null,
    });
    decorators = [];
  });
  return tests;
}

/** The line of the function, and what is indented below it. */
function takeBody([first = '', ...rest]: string[]): string[] {
  const end = rest.findIndex((line) => line !== '' && !line.startsWith(' '));
  const body = end === -1 ? rest : rest.slice(0, end);
  return [first, ...body.filter((line) => line !== '')];
}

/** All names by which `-k` may speak of a test. */
export function keywordsOf({ file, name, marks }: CollectedTest): string[] {
  return [basename(file), name, ...marks];
}

function notFound(path: string): PretendFailure {
  return new PretendFailure(`ERROR: file or directory not found: ${path}\n`, 4);
}
