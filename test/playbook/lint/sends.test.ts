import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintText } from './lint-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'lint-sends-'));
const send = (rest: string) => lintText(`prepare:\n  - { action: a, send: { to: code, ${rest} } }`);

describe('what a playbook sends', () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'code/keys'), { recursive: true });
    for (const name of ['.env', '.env.example', 'train.py', 'keys/id_ed25519', 'keys/id_ed25519.pub', 'keys/server.pem'])
      writeFileSync(join(folder, 'code', name), 'x');
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/large'), '');
    truncateSync(join(folder, 'data/large'), 1024 ** 3 + 1);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is told when it is not there', () => {
    expect(send(`from: ${folder}/nothing`)).toEqual([
      `prepare[0].send.from: there is no "${folder}/nothing" on this computer: the launch would be refused`,
    ]);
  });

  it('is told when it looks like a secret, and not when that is left out', () => {
    expect(send(`from: ${folder}/code`)).toEqual([
      'prepare[0].send.from: it would send what looks like a secret: .env, keys/id_ed25519, keys/server.pem',
    ]);
    expect(send(`from: ${folder}/code/.env`)).toHaveLength(1);
    expect(send(`from: ${folder}/code, exclude: [.env, keys/]`)).toEqual([]);
  });

  it('is told when it is large', () => {
    expect(send(`from: ${folder}/data`)).toEqual([
      `prepare[0].send.from: "${folder}/data" has 1.07 GB: all of it is summed at each launch, here and on the host`,
    ]);
    expect(send(`from: ${folder}/data, exclude: ['*']`)).toEqual([]);
  });

  it('cannot be known while it waits for a param', () => {
    expect(
      lintText("params: { d: { type: string } }\nprepare:\n  - { action: a, send: { to: code, from: '${{ params.d }}' } }"),
    ).toEqual([]);
  });
});
