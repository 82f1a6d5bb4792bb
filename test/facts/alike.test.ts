import { expect, test } from 'vitest';
import { findUnlike } from '../../src/facts/alike.ts';
import { plainQuestion } from '../../src/facts/facts-script.ts';
import { parseFacts } from '../../src/facts/parse-facts.ts';
import type { Facts } from '../../src/facts/facts.ts';

const plain: Facts = {
  ...parseFacts('', { ...plainQuestion, at: null }),
  ...{ os: 'Debian 12', kernel: '6.1', architecture: 'x86_64', cpuCount: 8, python: '3.11.9' },
  clock: { offsetSeconds: 0.1, uncertaintySeconds: 0.01 },
};
const workers = (change: Partial<Facts>) => [plain, plain, { ...plain, ...change }];

test('workers that have the same are alike', () => {
  expect(findUnlike(workers({}))).toEqual([]);
});

test.each<[string, Partial<Facts>, string[]]>([
  ['python', { python: '3.10.12' }, ['3.11.9', '3.11.9', '3.10.12']],
  ['kernel', { kernel: '5.15' }, ['6.1', '6.1', '5.15']],
  ['CPUs', { cpuCount: 4 }, ['8', '8', '4']],
  ['clock', { clock: { offsetSeconds: -30, uncertaintySeconds: 0.01 } }, ['+0.1 s', '+0.1 s', '-30.0 s']],
])('another %s is told, with what each has', (name, change, values) => {
  expect(findUnlike(workers(change))).toEqual([{ name, values }]);
});

test('what is not known of one is no difference', () => {
  expect(findUnlike(workers({ python: null, clock: null }))).toEqual([]);
});

test('clocks may differ by a few seconds', () => {
  expect(findUnlike(workers({ clock: { offsetSeconds: 4, uncertaintySeconds: 0.01 } }))).toEqual([]);
});
