import { readFileSync, statSync } from 'node:fs';
import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { messageOf } from '../errors.ts';
import { nameAddress } from './address.ts';
import { ConnectionFailed } from './failures.ts';
import type { SshAddress } from './transport.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Credentials {
  /** What is offered, in order: the key files, then the agent. */
  methods: AnyAuthMethod[];
  /** What each method is, for messages. */
  names: string[];
  /** Why a key file could not be offered. */
  problems: string[];
}

const largestKeyBytes = 1024 * 1024;

/** An array for formats that may hold several keys. */
type KeyParser = (text: string) => ParsedKey | ParsedKey[] | Error;

/** Collects what can be offered to the host. Fails when that is nothing: the host need not be bothered. */
export function collectCredentials(address: SshAddress, environment: Environment, parseKey: KeyParser): Credentials {
  const credentials: Credentials = { methods: [], names: [], problems: [] };
  for (const file of address.keys) {
    const key = readKeyFile(file, parseKey);
    if ('problem' in key) {
      credentials.problems.push(`${file}: ${key.problem}`);
    } else {
      credentials.methods.push({ type: 'publickey', username: address.user, key: key.text });
      credentials.names.push(`key file "${file}"`);
    }
  }
  const agent = environment['SSH_AUTH_SOCK'];
  if (address.agent && agent !== undefined && agent !== '') {
    credentials.methods.push({ type: 'agent', username: address.user, agent });
    credentials.names.push(`the agent at "${agent}"`);
  }
  if (credentials.methods.length === 0) throw nothingToOffer(address, credentials.problems);
  return credentials;
}

function readKeyFile(file: string, parseKey: KeyParser): { text: string } | { problem: string } {
  let text: string;
  try {
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > largestKeyBytes)
      return { problem: 'is not a private key that can be used; expected a small plain file' };
    const { mode, uid } = stats;
    if (uid === process.getuid?.() && (mode & 0o077) !== 0) {
      return { problem: `its permissions ${octal(mode)} let others read it; expected 0600 (chmod 600 "${file}")` };
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { problem: `cannot be read: ${messageOf(error)}` };
  }
  if (isEncrypted(text)) return { problem: `is protected by a passphrase; hand it to the agent (ssh-add "${file}")` };
  const parsed = parseKey(text);
  if (parsed instanceof Error) return { problem: 'is not a private key that can be used; expected OpenSSH or PEM' };
  return isPublic(parsed) ? { problem: 'is a public key; expected the private one, without ".pub"' } : { text };
}

function isPublic(parsed: ParsedKey | ParsedKey[]): boolean {
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  return key?.isPrivateKey() !== true;
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

/** PEM says it in a header; OpenSSH's own format names the cipher right after its magic. */
function isEncrypted(text: string): boolean {
  if (/^(-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED|Encryption: (?!none))/m.test(text)) return true;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0';
  return (
    bytes.toString('latin1', 0, magic.length) === magic &&
    bytes.toString('latin1', magic.length, magic.length + 8) !== '\0\0\0\x04none'
  );
}

function nothingToOffer(address: SshAddress, problems: string[]): ConnectionFailed {
  const who = nameAddress(address);
  if (problems.length > 0) {
    return new ConnectionFailed(`${who}: no key file can be used: ${problems.join('; ')}`, {
      code: 'key-file-unreadable',
      retryable: false,
    });
  }
  const asked = address.agent
    ? 'SSH_AUTH_SOCK is not set, and no key file is named'
    : 'no key file is named, and the agent is not to be asked';
  return new ConnectionFailed(`${who}: nothing to log in with: ${asked}`, {
    code: 'authentication-failed',
    retryable: false,
    suggestions: ['name a private key file in the inventory', 'or start an agent and add a key: eval "$(ssh-agent)"; ssh-add'],
  });
}
