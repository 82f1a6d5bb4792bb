import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { acceleratorsFree } from '../../src/facts/accelerators-free.ts';
import { plainQuestion } from '../../src/facts/facts-script.ts';
import { parseFacts } from '../../src/facts/parse-facts.ts';

/** What a machine with one H200 said to the question, with a process on the card; names and ids are others. */
const answer = readFileSync(join(import.meta.dirname, 'formats/h200-580.txt'), 'utf8');

it('the answer of a real H200 under driver 580 is read whole', () => {
  const facts = parseFacts(answer, { ...plainQuestion, at: null });
  expect(facts.problems).toEqual([]);
  expect(facts).toMatchObject({
    hostname: 'node1',
    os: 'Ubuntu 24.04.3 LTS',
    cpuCount: 16,
    memoryBytes: 131_981_020 * 1024,
    diskFreeBytes: 67_083_676 * 1024,
    python: '3.12.3',
    git: '2.43.0',
    tpu: null,
    accelerators: {
      kind: 'found',
      problems: [],
      accelerators: [
        {
          ...{ vendor: 'nvidia', model: 'NVIDIA H200', index: 0, driver: '580.159.04', runtime: '13.0', healthy: true },
          ...{ memoryBytes: 143_771 * 2 ** 20, memoryUsedBytes: 4_623 * 2 ** 20, utilization: 0, temperature: 43, power: 116.94 },
          processes: [{ pid: 555, user: 'root', command: 'python3 train.py', memoryBytes: 4_614 * 2 ** 20 }],
        },
      ],
    },
  });
  expect(acceleratorsFree(facts)).toMatchObject({ kind: 'held', message: expect.stringContaining('pid 555 of root') as string });
});
