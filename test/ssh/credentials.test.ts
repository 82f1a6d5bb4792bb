import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collectCredentials } from '../../src/ssh/credentials.ts';
import type { SshAddress } from '../../src/ssh/transport.ts';
import { explainMissingSshd } from '../support/sshd.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-credentials-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function collect(keys: string[], { agent = false, environment = {} } = {}) {
  const address: SshAddress = {
    host: 'alpha',
    port: 22,
    user: 'someone',
    keys,
    agent,
    hostKeys: 'strict',
    knownHosts: join(folder, 'known_hosts'),
    connectTimeoutSeconds: 1,
    keepaliveSeconds: 1,
  };
  return collectCredentials(address, environment, ssh2.utils.parseKey);
}

function writeKey(name: string, text: string, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519');

test('key files are offered in order, then the agent', () => {
  const first = writeKey('first', privateKey);
  const second = writeKey('second', ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private);
  const { methods, names } = collect([first, second], { agent: true, environment: { SSH_AUTH_SOCK: '/run/agent' } });
  expect(methods.map((method) => method.type)).toEqual(['publickey', 'publickey', 'agent']);
  expect(names).toEqual([`key file "${first}"`, `key file "${second}"`, 'the agent at "/run/agent"']);
});

test.each([
  ['a missing file', () => join(folder, 'absent'), /absent: cannot be read: ENOENT/],
  ['a key that others can read', () => writeKey('open', privateKey, 0o644), /permissions 0644 let others read it; expected 0600/],
  [
    'a key with a passphrase',
    () =>
      writeKey('locked', ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 4 }).private),
    /protected by a passphrase; hand it to the agent/,
  ],
  ['a public key', () => writeKey('key.pub', publicKey), /is a public key; expected the private one/],
  ['any other file', () => writeKey('notes', 'hello\n'), /is not a private key/],
  ['a folder', () => folder, /expected a small plain file/],
  ['an empty file', () => writeKey('empty', ''), /is not a private key/],
])('%s is refused by name before anything is sent', (_what, make, message) => {
  expect(() => collect([make()])).toThrow(
    expect.objectContaining({ code: 'key-file-unreadable', retryable: false, message: expect.stringMatching(message) as string }),
  );
});

test('a key that cannot be used does not keep the others from being offered', () => {
  const { names, problems } = collect([join(folder, 'absent'), writeKey('good', privateKey)]);
  expect(names).toHaveLength(1);
  expect(problems).toEqual([expect.stringContaining('absent: cannot be read')]);
});

test('nothing to offer is told without connecting', () => {
  expect(() => collect([], { agent: true })).toThrow(/nothing to log in with: SSH_AUTH_SOCK is not set/);
  expect(() => collect([], { environment: { SSH_AUTH_SOCK: '/run/agent' } })).toThrow(/the agent is not to be asked/);
});

describe.skipIf(explainMissingSshd() !== null)('keys as ssh-keygen writes them', () => {
  test.each([
    ['rsa', 'PEM', ['-m', 'PEM']],
    ['ecdsa', 'PEM', ['-m', 'PEM']],
    ['ed25519', 'OpenSSH', []],
  ])('%s in %s form, with and without passphrase', (type, _form, words) => {
    const make = (name: string, passphrase: string) => {
      const file = join(folder, name);
      execFileSync('ssh-keygen', ['-q', '-t', type, ...words, '-N', passphrase, '-f', file]);
      return file;
    };
    expect(collect([make('plain', '')]).methods).toHaveLength(1);
    expect(() => collect([make('locked', 'secret phrase')])).toThrow(/protected by a passphrase/);
  });
});
