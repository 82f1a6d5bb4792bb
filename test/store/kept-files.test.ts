import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepFile } from '../../src/store/kept-files.ts';
import { makeFolder } from './setup.ts';

test('a file of a run lies beside the store, for its owner alone, whatever name a host gave it', () => {
  const stateDir = makeFolder();
  const keep = (text: string) => keepFile(stateDir, 'run-1', 'dumps', '../out/stack dump.txt', Buffer.from(text));
  const file = keep('first');
  expect(file).toBe(join(stateDir, 'runs/run-1/dumps/__out_stack_dump.txt'));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(keep('second')).toBe(file);
  expect(readFileSync(file, 'utf8')).toBe('second');
  expect(readdirSync(join(stateDir, 'runs/run-1/dumps'))).toHaveLength(1);
});
