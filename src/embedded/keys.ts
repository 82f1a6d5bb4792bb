import { join } from 'node:path';
import type { ParsedKey } from 'ssh2';
import { exitCodes, FleetError } from '../errors.ts';
import { createFileOnce, readFileIfThere } from './atomic-file.ts';

export interface Keys {
  /** Private, in OpenSSH's format. */
  host: string;
  hostPublic: ParsedKey;
  clientPublic: ParsedKey;
  clientFile: string;
}

/** The host's key and the one key that may log in, made at the first start and kept from then on. */
export async function loadKeys(folder: string, name: string): Promise<Keys> {
  const clientFile = join(folder, 'client_key');
  const hostFile = join(folder, 'host_key');
  const host = await loadOrMake(hostFile, `embedded host ${name}`);
  const client = await loadOrMake(clientFile, `fleet to ${name}`);
  return { host, hostPublic: await parse(hostFile, host), clientPublic: await parse(clientFile, client), clientFile };
}

/** One line of a known_hosts or authorized_keys file: `ssh-ed25519 AAAA…`. */
export function formatPublicKey(key: ParsedKey): string {
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

async function loadOrMake(file: string, comment: string): Promise<string> {
  const there = await readFileIfThere(file);
  if (there !== null) return there.toString('utf8');
  return await createFileOnce(file, await makeKey(comment), 0o600);
}

const tries = 20;

/** ssh2 writes one of some two hundred keys so that nobody can read it, itself included. */
async function makeKey(comment: string): Promise<string> {
  const { utils } = await loadSsh2();
  for (let left = tries; left > 0; left -= 1) {
    const key = utils.generateKeyPairSync('ed25519', { comment }).private;
    if (!(utils.parseKey(key) instanceof Error)) return key;
  }
  throw new TypeError(`no key that can be read, in ${tries} tries`);
}

async function parse(file: string, content: string): Promise<ParsedKey> {
  const { utils } = await loadSsh2();
  const key = utils.parseKey(content);
  if (!(key instanceof Error)) return key;
  throw new FleetError(`${file}: not a private key: ${key.message}`, {
    code: 'embedded-key-unreadable',
    exit: exitCodes.couldNot,
    suggestions: [`remove it, and a new one is made: rm ${file}`],
    cause: key,
  });
}

async function loadSsh2() {
  return (await import('ssh2')).default;
}
