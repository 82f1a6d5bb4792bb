import { expect, it } from 'vitest';
import { classifyEnd, type EndEvidence } from '../../src/engine/attempts/classify.ts';

const ended: EndEvidence = { exitCode: 1, verdict: null, logTail: '', pid: 7, kernel: { kernelLog: null, pids: [] } };

it.each<[string, Partial<EndEvidence>, object | null]>([
  ['it did not fail', { exitCode: 0, logTail: 'CUDA out of memory' }, null],
  [
    'the guard stopped it, whatever the log says',
    { verdict: 'stall 1800', logTail: 'CUDA out of memory' },
    { class: 'stalled', retry: true },
  ],
  ['the disk was full', { verdict: 'disk-floor 5000000000 .', exitCode: 143 }, { class: 'disk-floor', retry: false }],
  ['it was called wrongly, and says nothing', { exitCode: 2 }, { class: 'usage', retry: false }],
  [
    'it was called wrongly, and says so',
    { exitCode: 2, logTail: 'train.py: error: unrecognized arguments: --x' },
    { class: 'usage', retry: false },
  ],
  ['it was killed', { exitCode: 137 }, { class: 'killed', retry: false }],
  [
    'its log tells it',
    { logTail: 'step 1\ntorch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB\n' },
    { class: 'gpu-memory', retry: false, text: 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB' },
  ],
  ['nobody knows', {}, { class: 'unknown', retry: null }],
])('the class of a failure when %s', (_, evidence, expected) => {
  const found = classifyEnd({ ...ended, ...evidence });
  if (expected === null) expect(found).toBeNull();
  else expect(found).toMatchObject(expected);
});
