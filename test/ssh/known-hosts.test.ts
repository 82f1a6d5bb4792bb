import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderKeyAlgorithms } from '../../src/ssh/host-keys.ts';
import { findRecordedKeys } from '../../src/ssh/known-hosts.ts';
import { findProgram } from '../support/sshd.ts';

const keyA = makePublicKey('ed25519');
const keyB = makePublicKey('ed25519');
const keyEcdsa = makePublicKey('ecdsa');

function makePublicKey(type: 'ed25519' | 'ecdsa'): string {
  const pair =
    type === 'ed25519' ? ssh2.utils.generateKeyPairSync('ed25519') : ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  return pair.public.split(' ').slice(0, 2).join(' ');
}

function linesFor(text: string, host: string, port = 22): number[] {
  return findRecordedKeys(text, host, port).map((entry) => entry.line);
}

test('plain names, lists, addresses and comments are read', () => {
  const text = `# comment\n\nalpha,10.0.0.1 ${keyA} someone@somewhere with blanks\nbeta ${keyB}\n`;
  expect(linesFor(text, 'alpha')).toEqual([3]);
  expect(linesFor(text, '10.0.0.1')).toEqual([3]);
  expect(linesFor(text, 'beta')).toEqual([4]);
  expect(linesFor(text, 'gamma')).toEqual([]);
});

test('a port other than 22 has entries of its own', () => {
  const text = `alpha ${keyA}\n[alpha]:2222 ${keyB}\n`;
  expect(linesFor(text, 'alpha')).toEqual([1]);
  expect(linesFor(text, 'alpha', 2222)).toEqual([2]);
  expect(linesFor(text, 'alpha', 2223)).toEqual([]);
});

test('patterns match, a negated one excludes the host, and letter case does not count', () => {
  const text = `*.lab,!bad.lab ${keyA}\nGPU?? ${keyB}\n`;
  expect(linesFor(text, 'good.lab')).toEqual([1]);
  expect(linesFor(text, 'bad.lab')).toEqual([]);
  expect(linesFor(text, 'gpu01')).toEqual([2]);
  expect(linesFor(text, 'GPU01')).toEqual([2]);
  expect(linesFor(text, 'gpu1')).toEqual([]);
});

test('several keys of one host, of several types, are all found', () => {
  const text = `alpha ${keyA}\nalpha ${keyEcdsa}\n`;
  expect(findRecordedKeys(text, 'alpha', 22).map((entry) => entry.type)).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256']);
});

test('revoked keys are marked, certificate authorities and broken lines are passed over', () => {
  const text = [
    `@revoked alpha ${keyA}`,
    `@cert-authority alpha ${keyB}`,
    'alpha',
    'alpha ssh-ed25519',
    'alpha ssh-ed25519 AAAA',
    `alpha ssh-rsa ${keyA.split(' ')[1]}`,
    '|1|x',
  ].join('\n');
  expect(findRecordedKeys(text, 'alpha', 22)).toMatchObject([{ line: 1, revoked: true }]);
});

test('lines of a file written on Windows are read', () => {
  expect(linesFor(`alpha ${keyA}\r\nbeta ${keyB}\r\n`, 'beta')).toEqual([2]);
});

test('recorded types are asked for first', () => {
  const algorithms = orderKeyAlgorithms(findRecordedKeys(`alpha ${keyEcdsa}\n`, 'alpha', 22));
  expect(algorithms[0]).toBe('ecdsa-sha2-nistp256');
  expect(algorithms).toContain('ssh-ed25519');
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.constantFrom('|1|', '@revoked ', '!', '*', ',', ' ', keyA, 'alpha', '[', ']:22', '\n', '\t'), fc.string()),
      ),
      (parts) => {
        expect(Array.isArray(findRecordedKeys(parts.join(''), 'alpha', 22))).toBe(true);
      },
    ),
  );
});

test('a pattern of many stars is answered at once', () => {
  const started = performance.now();
  expect(linesFor(`${'*a'.repeat(5000)}b ${keyA}\n`, 'a'.repeat(10_000))).toEqual([]);
  expect(performance.now() - started).toBeLessThan(2000);
});

const keygen = findProgram('ssh-keygen');
if (keygen === null) console.warn('skipping the comparison with ssh-keygen -F: ssh-keygen is not installed');

describe.skipIf(keygen === null)('as ssh-keygen -F reads it', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-known-hosts-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** `# Host alpha found: line 3`, once for every line. */
  function askKeygen(file: string, name: string): number[] {
    const { stdout } = spawnSync('ssh-keygen', ['-F', name, '-f', file], { encoding: 'utf8' });
    return [...stdout.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
  }

  const text = [
    `alpha,10.0.0.1 ${keyA}`,
    `[alpha]:2222 ${keyB}`,
    `*.lab,!bad.lab ${keyA}`,
    `!alpha,* ${keyEcdsa}`,
    `Gamma ${keyB} comment`,
    `  indented ${keyB}`,
    `# commented ${keyA}`,
    `@revoked gone ${keyA}`,
    `gpu? ${keyA}`,
    `[2001:db8::1]:2222,2001:db8::2 ${keyA}`,
    `alpha\t${keyEcdsa}`,
  ].join('\n');
  const names: [string, number][] = [
    ['alpha', 22],
    ['alpha', 2222],
    ['alpha', 2223],
    ['ALPHA', 22],
    ['10.0.0.1', 22],
    ['good.lab', 22],
    ['bad.lab', 22],
    ['gamma', 22],
    ['indented', 22],
    ['commented', 22],
    ['gone', 22],
    ['gpu1', 22],
    ['gpu12', 22],
    ['2001:db8::1', 2222],
    ['2001:db8::2', 22],
    ['elsewhere', 22],
    ['elsewhere', 2222],
  ];

  test.each(names)('%s port %i, plain file', (host, port) => {
    const file = join(folder, 'plain');
    writeFileSync(file, `${text}\n`);
    expect(linesFor(text, host, port)).toEqual(askKeygen(file, port === 22 ? host : `[${host}]:${port}`));
  });

  // Of a hashed file, ssh-keygen -F looks for the name as typed; ssh makes it lower case first, and so do we.
  test.each(names.filter(([host]) => host !== 'ALPHA'))('%s port %i, hashed file', (host, port) => {
    const file = join(folder, `hashed-${host.replaceAll(/\W/g, '-')}-${port}`);
    const plain = text.split('\n').filter((line) => !/[*?!@#]/.test(line.split(' ')[0] ?? ''));
    writeFileSync(file, `${plain.join('\n')}\n`);
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    const hashed = readFileSync(file, 'utf8');
    expect(hashed).toContain('|1|');
    expect(linesFor(hashed, host, port)).toEqual(askKeygen(file, port === 22 ? host : `[${host}]:${port}`));
  });
});
