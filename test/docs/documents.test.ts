import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exitCodeMeanings } from '../../src/cli/exit-codes.ts';
import { laterCommands } from '../../src/cli/later-commands.ts';
import { activeStates, results } from '../../src/lifecycle/states.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The documents of the project: those beside package.json, and all below docs and bench. */
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['docs', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

/** The cells of every row of the table below a heading of `text`. */
function readTable(text: string, heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('the README', () => {
  it('says of every exit code what the program says', () => {
    expect(readTable(readme, 'Exit codes')).toEqual(exitCodeMeanings.map(({ code, text }) => [String(code), text]));
  });

  it('names every command that answers "not yet", and no other', () => {
    const sentence = /the commands (.+?); the flags?/s.exec(readme)?.[1] ?? '';
    expect([...sentence.matchAll(/`([a-z]+)`/g)].map(([, name]) => name)).toEqual([...laterCommands]);
  });

  it('shows only commands that there are', () => {
    const commands = readdirSync(join(root, 'src/commands')).map((name) => name.replace(/\.ts$/, ''));
    const shown = [...readme.matchAll(/(?:^ {4,}|`)fleet ([a-z]+)/gm)].map(([, name]) => name ?? '');
    expect(shown.length).toBeGreaterThan(15);
    expect(shown.filter((name) => !commands.includes(name))).toEqual([]);
  });
});

describe('the documents', () => {
  it.each(documents)('%s links to files that are there', (document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target ?? '');
    expect(links.filter((target) => !existsSync(join(root, dirname(document), target)))).toEqual([]);
  });

  it.each(documents)('%s names files of the sources that are there', (document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const named = [...text.matchAll(/\b(?:src|test|bench)\/[\w./-]*\.(?:ts|mjs)\b/g)].map(([path]) => path);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('speak of every state of a run', () => {
    const architecture = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    expect([...activeStates, ...results].filter((state) => !architecture.includes(`\`${state}\``))).toEqual([]);
  });
});
