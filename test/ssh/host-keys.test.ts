import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acceptHostKey } from '../../src/ssh/accept-host-key.ts';
import { createSshTransport } from '../../src/ssh/ssh-transport.ts';
import type { SshAddress } from '../../src/ssh/transport.ts';
import { explainMissingSshd, readPublicKey, startSshd, type Sshd } from '../support/sshd.ts';

describe.skipIf(explainMissingSshd() !== null)('the host key', () => {
  let sshd: Sshd;
  let folder: string;
  let name: string;
  beforeAll(async () => {
    sshd = await startSshd({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'] });
    name = `[${sshd.host}]:${sshd.port}`;
  });
  afterAll(() => sshd.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-host-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function record(...lines: string[]): string {
    const file = join(folder, 'known_hosts');
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    return file;
  }

  function keyOf(type: string): string {
    return readPublicKey(sshd.hostKeyFiles[type] ?? '');
  }

  function fingerprintOf(type: string): string {
    return execFileSync('ssh-keygen', ['-lf', `${sshd.hostKeyFiles[type]}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '';
  }

  /** Connects with a transport of its own and asks one thing. */
  async function reach(settings: Partial<SshAddress>): Promise<string> {
    const transport = createSshTransport({ environment: {} });
    try {
      const connection = await transport.connect({ ...sshd.address, ...settings });
      return (await connection.ask('printf reached', { timeoutSeconds: 10 })).stdout.toString();
    } finally {
      await transport.close();
    }
  }

  function otherKey(): string {
    const file = join(folder, 'other-key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    return readPublicKey(file);
  }

  test.each(['ed25519', 'ecdsa', 'rsa'])('is trusted when its %s key alone is recorded', async (type) => {
    expect(await reach({ knownHosts: record(`${name} ${keyOf(type)}`) })).toBe('reached');
  });

  test('is trusted when recorded in hashed form, or beside an outdated one', async () => {
    const hashed = record(`${name} ${keyOf('ed25519')}`);
    execFileSync('ssh-keygen', ['-H', '-f', hashed], { stdio: 'ignore' });
    expect(await reach({ knownHosts: hashed })).toBe('reached');
    expect(await reach({ knownHosts: record(`${name} ${otherKey()}`, `${name} ${keyOf('ed25519')}`) })).toBe('reached');
  });

  test('is refused when unknown, with what it takes to compare it', async () => {
    const knownHosts = record(`elsewhere ${keyOf('ed25519')}`, `${sshd.host} ${keyOf('ed25519')}`);
    await expect(reach({ knownHosts })).rejects.toMatchObject({
      code: 'host-key-unknown',
      exit: 4,
      retryable: false,
      host: sshd.host,
      port: sshd.port,
      shown: { type: 'ssh-ed25519', fingerprint: fingerprintOf('ed25519') },
      suggestions: [expect.stringContaining('ssh-keygen -lf')],
    });
    expect(readFileSync(knownHosts, 'utf8').split('\n')).toHaveLength(3);
  });

  test.each(['strict', 'accept-new'] as const)('is refused when it has changed, also with %s', async (hostKeys) => {
    const other = otherKey();
    const knownHosts = record('# comment', `${name} ${other}`);
    const refused = expect(reach({ knownHosts, hostKeys })).rejects;
    await refused.toMatchObject({
      code: 'host-key-changed',
      retryable: false,
      file: knownHosts,
      line: 2,
      shown: { fingerprint: fingerprintOf('ed25519') },
    });
    await expect(reach({ knownHosts, hostKeys })).rejects.toThrow(`recorded at ${knownHosts}:2 is ssh-ed25519 SHA256:`);
    expect(readFileSync(knownHosts, 'utf8')).toBe(`# comment\n${name} ${other}\n`);
  });

  test('is refused when revoked, whatever else is recorded', async () => {
    const key = keyOf('ed25519');
    await expect(reach({ knownHosts: record(`${name} ${key}`, `@revoked * ${key}`) })).rejects.toMatchObject({
      code: 'host-key-revoked',
    });
    await expect(reach({ knownHosts: record(`@revoked ${name} ${key}`), hostKeys: 'accept-new' })).rejects.toMatchObject({
      code: 'host-key-revoked',
    });
  });

  test('is recorded once by accept-new, in a file and folder of our own', async () => {
    const knownHosts = join(folder, 'ssh', 'known_hosts');
    expect(await reach({ knownHosts, hostKeys: 'accept-new' })).toBe('reached');
    expect(await reach({ knownHosts, hostKeys: 'accept-new' })).toBe('reached');
    expect(await reach({ knownHosts })).toBe('reached');
    expect(readFileSync(knownHosts, 'utf8')).toBe(`${name} ${keyOf('ed25519')}\n`);
    expect(statSync(knownHosts).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'ssh')).mode & 0o777).toBe(0o700);
  });

  test('is appended after a last line that has no end', async () => {
    const knownHosts = join(folder, 'known_hosts');
    writeFileSync(knownHosts, `elsewhere ${keyOf('rsa')}`);
    expect(await reach({ knownHosts, hostKeys: 'accept-new' })).toBe('reached');
    expect(readFileSync(knownHosts, 'utf8')).toBe(`elsewhere ${keyOf('rsa')}\n${name} ${keyOf('ed25519')}\n`);
  });

  test('that cannot be recorded is not accepted', async () => {
    const file = record('');
    await expect(reach({ knownHosts: join(file, 'below-a-file'), hostKeys: 'accept-new' })).rejects.toMatchObject({
      code: expect.stringMatching(/^known-hosts-un/) as string,
      retryable: false,
    });
  });

  test('is accepted by its fingerprint, and by no other', async () => {
    const knownHosts = join(folder, 'known_hosts');
    const address = { ...sshd.address, knownHosts, keys: ['/no/key/needed'] };
    await expect(acceptHostKey(address, `SHA256:${'A'.repeat(43)}`)).rejects.toMatchObject({ code: 'host-key-differs' });
    expect(existsSync(knownHosts)).toBe(false);
    await expect(acceptHostKey(address, fingerprintOf('ed25519'))).resolves.toEqual({
      type: 'ssh-ed25519',
      fingerprint: fingerprintOf('ed25519'),
    });
    await acceptHostKey(address, fingerprintOf('ed25519'));
    expect(readFileSync(knownHosts, 'utf8')).toBe(`${name} ${keyOf('ed25519')}\n`);
    expect(await reach({ knownHosts })).toBe('reached');
  });

  test('is not accepted by its fingerprint over a recorded one that differs', async () => {
    const knownHosts = record(`${name} ${otherKey()}`);
    await expect(acceptHostKey({ ...sshd.address, knownHosts }, fingerprintOf('ed25519'))).rejects.toMatchObject({
      code: 'host-key-changed',
    });
  });

  test('a refused login names what was offered and what the host accepts', async () => {
    const file = join(folder, 'stranger');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    await expect(reach({ keys: [join(folder, 'absent'), file] })).rejects.toMatchObject({
      code: 'authentication-failed',
      retryable: false,
      message: `${sshd.user}@${sshd.host}:${sshd.port}: login refused; offered: key file "${file}"; it accepts: publickey; not offered: ${join(folder, 'absent')}: cannot be read: ENOENT: no such file or directory, stat '${join(folder, 'absent')}'`,
    });
  });

  test('an agent that does not answer is named in the refusal', async () => {
    const transport = createSshTransport({ environment: { SSH_AUTH_SOCK: join(folder, 'no-agent') } });
    await expect(transport.connect({ ...sshd.address, keys: [], agent: true })).rejects.toMatchObject({
      code: 'authentication-failed',
      message: expect.stringMatching(/offered: the agent at ".*no-agent"; the agent: Failed to connect to agent$/) as string,
    });
    await transport.close();
  });
});
