import { createHmac, timingSafeEqual } from 'node:crypto';

/** A line of a known_hosts file that speaks of one host. */
export interface RecordedKey {
  line: number;
  revoked: boolean;
  type: string;
  key: Buffer;
}

const blanks = /[ \t]+/;

/** The keys recorded for a host, in the order of the file. Lines that are not understood, and certificate authorities, are passed over. */
export function findRecordedKeys(text: string, host: string, port: number): RecordedKey[] {
  const name = knownHostsName(host, port);
  return text.split('\n').flatMap((line, index) => {
    const entry = parseLine(line.trim(), name);
    return entry === null ? [] : [{ line: index + 1, ...entry }];
  });
}

/** The name a host goes by in known_hosts: lower case, and `[host]:port` when the port is not 22. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** The type that a key in SSH's own format says it has, or null when it is no such key. */
export function keyType(key: Buffer): string | null {
  if (key.length < 4) return null;
  const length = key.readUInt32BE(0);
  return length === 0 || length > 64 || key.length <= 4 + length ? null : key.toString('latin1', 4, 4 + length);
}

function parseLine(line: string, name: string): Omit<RecordedKey, 'line'> | null {
  if (line === '' || line.startsWith('#')) return null;
  const fields = line.split(blanks);
  const marker = line.startsWith('@') ? fields.shift() : undefined;
  if (marker !== undefined && marker !== '@revoked') return null;
  const [patterns = '', type = '', base64 = ''] = fields;
  const key = Buffer.from(base64, 'base64');
  if (keyType(key) !== type || !matches(patterns, name)) return null;
  return { revoked: marker === '@revoked', type, key };
}

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith('|')) return matchesHashed(patterns, name);
  let found = false;
  for (const pattern of patterns.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!matchesGlob(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function matchesHashed(field: string, name: string): boolean {
  const [, version, salt = '', hash = ''] = field.split('|');
  if (version !== '1') return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` and `?` as OpenSSH reads them; walks back to the last `*` alone, so that no pattern takes exponential time. */
function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let starText = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      starText = t;
    } else if (pattern[p] === '?' || pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star !== -1) {
      p = star + 1;
      t = ++starText;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
