import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { messageOf, systemCode } from '../errors.ts';
import { nameAddress } from './address.ts';
import { ConnectionFailed, HostKeyChanged, HostKeyUnknown, type ShownKey } from './failures.ts';
import { findRecordedKeys, keyType, knownHostsName, type RecordedKey } from './known-hosts.ts';
import type { SshAddress } from './transport.ts';

const algorithms: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

const largestFileBytes = 16 * 1024 * 1024;

/** What is recorded of a host. A file that does not exist records nothing; one that cannot be read is a failure. */
export function readRecordedKeys(address: SshAddress): RecordedKey[] {
  try {
    if (statSync(address.knownHosts).size > largestFileBytes) throw new RangeError(`larger than ${largestFileBytes} bytes`);
    return findRecordedKeys(readFileSync(address.knownHosts, 'utf8'), address.host, address.port);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new ConnectionFailed(
      `${nameAddress(address)}: cannot read the recorded host keys in "${address.knownHosts}": ${messageOf(error)}`,
      {
        code: 'known-hosts-unreadable',
        retryable: false,
        suggestions: [`make "${address.knownHosts}" readable for you`],
        cause: error,
      },
    );
  }
}

/** Recorded types first: a server with keys of several types then shows the one that can be compared. */
export function orderKeyAlgorithms(recorded: readonly RecordedKey[]): ServerHostKeyAlgorithm[] {
  const types = new Set(recorded.filter((entry) => !entry.revoked).map((entry) => entry.type));
  const isRecorded = (algorithm: string) => types.has(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return [...algorithms.filter(isRecorded), ...algorithms.filter((algorithm) => !isRecorded(algorithm))];
}

export function describeKey(key: Buffer): ShownKey {
  const digest = createHash('sha256').update(key).digest('base64').replace(/=+$/, '');
  return { type: keyType(key) ?? 'unknown', fingerprint: `SHA256:${digest}` };
}

/** Null when the key is recorded; else why it must not be trusted. */
export function judgeHostKey(address: SshAddress, recorded: readonly RecordedKey[], key: Buffer): ConnectionFailed | null {
  const shown = describeKey(key);
  const same = recorded.filter((entry) => entry.key.equals(key));
  const revoked = same.find((entry) => entry.revoked);
  if (revoked !== undefined) return revokedFailure(address, shown, revoked.line);
  if (same.length > 0) return null;
  const other = recorded.find((entry) => !entry.revoked && entry.type === shown.type) ?? recorded.find((entry) => !entry.revoked);
  return other === undefined ? unknownFailure(address, shown) : changedFailure(address, shown, other);
}

/** Records a key that is still unknown, for good. Looks at the file again: another process may have been faster. */
export function recordIfUnknown(address: SshAddress, key: Buffer): void {
  const failure = judgeHostKey(address, readRecordedKeys(address), key);
  if (failure === null) return;
  if (!(failure instanceof HostKeyUnknown)) throw failure;
  recordHostKey(address, key);
}

/** Appends in one write. */
function recordHostKey(address: SshAddress, key: Buffer): void {
  const line = `${knownHostsName(address.host, address.port)} ${describeKey(key).type} ${key.toString('base64')}\n`;
  try {
    mkdirSync(dirname(address.knownHosts), { recursive: true, mode: 0o700 });
    appendFileSync(address.knownHosts, endsInsideALine(address.knownHosts) ? `\n${line}` : line, { mode: 0o600 });
  } catch (error) {
    throw new ConnectionFailed(
      `${nameAddress(address)}: cannot record the host key in "${address.knownHosts}": ${messageOf(error)}`,
      {
        code: 'known-hosts-unwritable',
        retryable: false,
        suggestions: [`make "${address.knownHosts}" writable for you`, 'or name another file for known hosts in the inventory'],
        cause: error,
      },
    );
  }
}

function endsInsideALine(file: string): boolean {
  if (!existsSync(file)) return false;
  const text = readFileSync(file);
  return text.length > 0 && text.at(-1) !== 0x0a;
}

function unknownFailure(address: SshAddress, shown: ShownKey): HostKeyUnknown {
  return new HostKeyUnknown(`${nameAddress(address)}: its host key is not known yet: ${shown.type} ${shown.fingerprint}`, {
    host: address.host,
    port: address.port,
    shown,
    suggestions: ['compare it with what "ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub" prints on the host itself'],
  });
}

function changedFailure(address: SshAddress, shown: ShownKey, entry: RecordedKey): HostKeyChanged {
  const recorded = describeKey(entry.key);
  const where = `${address.knownHosts}:${entry.line}`;
  return new HostKeyChanged(
    `${nameAddress(address)}: its host key has changed: it shows ${shown.type} ${shown.fingerprint}, recorded at ${where} is ${recorded.type} ${recorded.fingerprint}`,
    {
      shown,
      recorded,
      file: address.knownHosts,
      line: entry.line,
      suggestions: [
        'ask whoever looks after the host whether it was installed anew; if nobody knows, somebody may be in between',
        `if it was: remove line ${entry.line} of ${address.knownHosts}, then accept the new key`,
      ],
    },
  );
}

function revokedFailure(address: SshAddress, shown: ShownKey, line: number): ConnectionFailed {
  return new ConnectionFailed(
    `${nameAddress(address)}: its host key is marked @revoked at ${address.knownHosts}:${line}: ${shown.type} ${shown.fingerprint}`,
    { code: 'host-key-revoked', retryable: false, suggestions: ['have a new host key made on the host'] },
  );
}
