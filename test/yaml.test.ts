import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatProblem } from '../src/problem.ts';
import { formatPath, parseYaml, readYamlFile, sortProblems, type YamlDocument } from '../src/yaml.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-yaml-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(content: string | Uint8Array): string {
  const file = join(folder, 'a.yaml');
  writeFileSync(file, content);
  return file;
}

function tell(text: string): string[] {
  return parseYaml('a.yaml', text).problems.map(formatProblem);
}

function open(text: string): YamlDocument {
  const { document, problems } = parseYaml('a.yaml', text);
  expect(problems).toEqual([]);
  if (document === null) throw new Error('no document');
  return document;
}

function refusal(content: string | Uint8Array): string {
  const { document, problems } = readYamlFile(write(content));
  expect(document).toBeNull();
  return problems.map((problem) => formatProblem({ ...problem, file: 'a.yaml' })).join('\n');
}

describe('reading a file', () => {
  it('gives the plain value and the bytes', () => {
    const file = write('a: 1\nb: [x, true, null, 010]\non: "é"\n');
    const { document, problems } = readYamlFile(file);
    expect(problems).toEqual([]);
    expect(document?.value).toEqual({ a: 1, b: ['x', true, null, 10], on: 'é' });
    expect(document?.bytes.length).toBe(38);
  });

  it('a file that is not there, a folder and a FIFO are refused', () => {
    expect(readYamlFile(join(folder, 'none.yaml')).problems[0]?.message).toBe('no such file');
    mkdirSync(join(folder, 'sub'));
    expect(readYamlFile(join(folder, 'sub')).problems[0]?.message).toBe('expected a file, got a folder');
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(folder, 'fifo')]);
    expect(readYamlFile(join(folder, 'fifo')).problems[0]?.message).toBe(
      'expected a file, got something that is not a plain file',
    );
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read is refused', () => {
    const file = write('a: 1');
    chmodSync(file, 0);
    expect(readYamlFile(file).problems[0]?.message).toBe('this user may not read it');
  });

  it('a file of 50 MB is refused with its size', () => {
    const file = write('');
    truncateSync(file, 50e6);
    expect(readYamlFile(file).problems.map((problem) => problem.message)).toEqual([
      'too large: expected at most 1048576 bytes (1 MiB), got 50000000 bytes',
    ]);
  });

  it('a file of exactly the limit is read', () => {
    expect(readYamlFile(write(`a: ${'x'.repeat(2 ** 20 - 3)}`)).problems).toEqual([]);
  });

  it('invalid UTF-8 is refused with its line', () => {
    expect(refusal(Buffer.concat([Buffer.from('a: é\nb: �\nc: '), Buffer.from([0xff]), Buffer.from('\n')]))).toBe(
      'a.yaml:3: invalid UTF-8: byte 0xff',
    );
    expect(refusal(Buffer.concat([Buffer.from('a: 1\nb: '), Buffer.from([0xc3])]))).toBe('a.yaml:2: invalid UTF-8: byte 0xc3');
  });

  it('UTF-16 is refused', () => {
    expect(refusal(Buffer.from('a: 1\n', 'utf16le'))).toBe('a.yaml:1: not a text file: a NUL byte');
  });

  it.each(['', '\n', '# nothing but a comment\n', '---\n', 'null\n'])('%j is an empty file', (text) => {
    expect(refusal(text)).toBe('a.yaml: the file is empty');
  });
});

describe('what is not one plain YAML document is told with its place', () => {
  it.each([
    ['a:\n\tb: 2\n', ['a.yaml:2:1: a tab is not allowed as indentation: use blanks']],
    ['a: 1\n---\nb: 2\n', ['a.yaml:2:1: expected one document, and a second one starts here']],
    ['a: 1\nb: 2\na: 3\n', ['a.yaml:3:1: duplicate key "a"']],
    ['a: {x: 1, x: 2}\nb:\n  y: 1\n  y: 2\n', ['a.yaml:1:11: duplicate key "x"', 'a.yaml:4:3: duplicate key "y"']],
    ['1: a\n"1": b\n', ['a.yaml:2:1: duplicate key "1"']],
    ['a: {{ x }}\n', ['a.yaml:1:5: expected a word as key: put a value that begins with "{" or "[" in quotes']],
    ['__proto__: {a: 1}\n', ['a.yaml:1:1: a key cannot be called "__proto__"']],
    ['a: !shell rm\n', ['a.yaml:1:4: unresolved tag: !shell']],
    ['a: *x\n', ['a.yaml:1:4: no anchor is called "x"']],
    ['a: &x\n  b: *x\n', ['a.yaml:2:6: "*x" stands inside its own anchor']],
    [
      'commit: 12345678901234567890\n',
      ['a.yaml:1:9: 12345678901234567890 is too large for a number: put it in quotes if it is text'],
    ],
    ['%YAML 1.1\n---\na: yes\n', ['a.yaml:1:1: expected YAML 1.2, got 1.1']],
    [
      'x: @foo\ny: `a`\n',
      [
        'a.yaml:1:4: not YAML: plain value cannot start with reserved character @',
        'a.yaml:2:4: not YAML: plain value cannot start with reserved character `',
      ],
    ],
    ['a: "x\nb: 1\n', ['a.yaml:3:1: not YAML: missing closing "quote']],
  ])('%j', (text, told) => {
    expect(tell(text)).toEqual(told);
  });

  it('a document with a duplicate key can still be checked', () => {
    const { document, problems } = parseYaml('a.yaml', 'a: 1\na: 2\n');
    expect(problems).toHaveLength(1);
    expect(document?.value).toEqual({ a: 2 });
  });

  it('an alias bomb is refused at once', () => {
    const levels = [...'abcdefghijkl'];
    const bomb = levels.map(
      (name, index) =>
        `${name}: &${name} [${Array<string>(9)
          .fill(index === 0 ? 'x' : `*${levels[index - 1]}`)
          .join(',')}]`,
    );
    expect(tell(bomb.join('\n'))).toEqual(['a.yaml:2:8: expected at most 100 uses of aliases']);
  });

  it.each([
    ['lists in brackets', '['.repeat(100_000)],
    ['closed lists in brackets', `a: ${'['.repeat(300)}${']'.repeat(300)}`],
    ['lists by indentation', '- '.repeat(100_000)],
  ])('deep nesting is refused: %s', (_what, text) => {
    const told = tell(text);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^a\.yaml:1:\d+: nested too deeply/);
  });

  it('a few aliases are allowed', () => {
    expect(open('a: &x {k: 1}\nb: *x\nc: *x\n').value).toEqual({ a: { k: 1 }, b: { k: 1 }, c: { k: 1 } });
  });

  it('whatever the text, there is a value or a problem, and never an exception', () => {
    const fragments = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '&x ',
      '*x',
      '|',
      '\t',
      '#',
      '---\n',
      '? ',
      '!t ',
      '<<',
    );
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 30 }), (parts) => {
        const { document, problems } = parseYaml('a.yaml', parts.join(''));
        expect(document !== null || problems.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('places', () => {
  const document = open(
    'hosts:\n  prime1:\n    ssh: { port: often }\n    list:\n      - a\n      - b: 1\n  other: &o\n    x: 1\n  again: *o\n',
  );

  it.each<[(string | number)[], 'key' | 'value', number, number]>([
    [[], 'value', 1, 1],
    [['hosts'], 'key', 1, 1],
    [['hosts', 'prime1', 'ssh', 'port'], 'key', 3, 12],
    [['hosts', 'prime1', 'ssh', 'port'], 'value', 3, 18],
    [['hosts', 'prime1', 'list', 1, 'b'], 'value', 6, 12],
    [['hosts', 'prime1', 'list', 0], 'key', 5, 9],
    [['hosts', 'again', 'x'], 'value', 8, 8],
  ])('%j, the %s', (path, part, line, column) => {
    expect(document.locate(path, part)).toEqual({ line, column });
  });

  it('what is missing is placed at the key of the nearest part that is there', () => {
    expect(document.locate(['hosts', 'prime1', 'address'])).toEqual({ line: 2, column: 3 });
    expect(document.locate(['hosts', 'prime1', 'list', 7, 'x'])).toEqual({ line: 4, column: 5 });
  });

  it('a path reads as it is written, with unusual keys in quotes', () => {
    expect(formatPath(['monitor', 'criteria', 0, 'expr'])).toBe('monitor.criteria[0].expr');
    expect(formatPath(['hosts', 'node[01-08]', 'ssh'])).toBe('hosts."node[01-08]".ssh');
    expect(formatPath([])).toBe('');
  });

  it('problems are sorted by file, line and column, and told once', () => {
    const later = document.problem(['hosts', 'other'], 'b', { part: 'key' });
    const earlier = document.problem(['hosts'], 'a', { part: 'key' });
    const elsewhere = { ...earlier, file: 'b.yaml' };
    expect(sortProblems([later, elsewhere, earlier, { ...later }])).toEqual([earlier, later, elsewhere]);
  });
});
