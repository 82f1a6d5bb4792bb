import { describe, expect, it } from 'vitest';
import { describeCheckpoints } from '../../src/cli/render/checkpoints.ts';
import { describeCheckpoint, type CheckpointDocument } from '../../src/store/attempt-documents.ts';
import { checkpoint } from '../store/shapes.ts';

function saved(step: number, more: Partial<CheckpointDocument> = {}): CheckpointDocument {
  return { ...describeCheckpoint(checkpoint({ path: `out/${step}.pt`, step, size: 5e8, state: 'valid' })), ...more };
}

describe('the line about checkpoints', () => {
  it('is left out when there were none', () => {
    expect(describeCheckpoints([], null)).toBeNull();
  });

  it('names the newest that loads, the best, and counts the others', () => {
    const checkpoints = [
      saved(1, { state: 'removed', backUp: 'nas:/b/1.pt', metric: 0.1 }),
      saved(2, { metric: 0.2, backUp: 'nas:/b/2.pt' }),
      saved(3, { metric: 0.3 }),
      saved(4, { state: 'complete' }),
      saved(5, { state: 'invalid' }),
      saved(6, { state: 'writing' }),
    ];
    const rest = '2 backed up, 1 invalid, 1 being written, 1 removed';
    expect(describeCheckpoints(checkpoints, 'min')).toBe(`5 there, newest valid out/3.pt (500 MB), best out/2.pt (0.2), ${rest}`);
    expect(describeCheckpoints(checkpoints, 'max')).toContain('best out/3.pt (0.3)');
    expect(describeCheckpoints(checkpoints, null)).not.toContain('best');
  });

  it('says when none can be gone on from', () => {
    expect(describeCheckpoints([saved(1, { state: 'invalid' })], null)).toBe('1 there, none to go on from, 1 invalid');
  });
});
