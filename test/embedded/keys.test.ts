import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadKeys } from '../../src/embedded/keys.ts';

/** Enough for one key of those that ssh2 cannot read again to be among them, with near certainty. */
const folders = 400;

it('every new pair of keys can be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-keys-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (let index = 0; index < folders; index += 1) {
    const place = join(folder, String(index));
    await mkdir(place);
    const keys = await loadKeys(place, 'demo');
    expect(keys.hostPublic.type).toBe('ssh-ed25519');
  }
});
