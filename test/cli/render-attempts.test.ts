import { expect, it } from 'vitest';
import { renderAttempts } from '../../src/cli/render/attempts.ts';
import { screenOf } from '../../src/cli/screen.ts';
import type { RunDocument } from '../../src/store/run-document.ts';

const pipe = screenOf({}, {}, { color: false });
const first: RunDocument['attempts'][number] = {
  attempt: 1,
  profile: null,
  degraded: false,
  because: null,
  checkpoint: null,
  begunAt: '2026-11-22T18:00:00.000Z',
  endedAt: '2026-11-22T19:30:00.000Z',
  lastStep: 5000,
  ending: { exitCode: 134, failure: 'rocm-fault', text: 'failed' },
};
const second = { ...first, attempt: 2, profile: 'cpu', degraded: true, because: 'rocm-fault', checkpoint: 'out/5000.pt' };

it('attempts are shown where there is more than one: why each was begun, from what, and how it ended', () => {
  expect(renderAttempts([first], pipe)).toEqual([]);
  const [title, ...rows] = renderAttempts([first, { ...second, endedAt: null, lastStep: null, ending: null }], pipe);
  expect(title?.trim().split(/ {2,}/)).toEqual(['ATTEMPT', 'PROFILE', 'BECAUSE', 'FROM', 'LAST STEP', 'TOOK', 'EXIT', 'FAILURE']);
  expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
    ['1', 'the start', '5000', '1h30m', '134', 'rocm-fault'],
    ['2', 'cpu (degraded)', 'rocm-fault', 'out/5000.pt'],
  ]);
});
