import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { messageOf } from '../../../errors.ts';
import type { Deed } from '../../../playbook/entries/entry.ts';
import { readFrom } from '../../../remote/files.ts';
import type { Drive } from '../../drive.ts';
import { judgeConditions } from '../conditions.ts';
import type { Result } from './result.ts';

const largestBytes = 1_048_576;

/** Values of a YAML, JSON or TOML file on the host. JSON is YAML; the name of the file tells TOML. */
export async function checkConfig(drive: Drive, deed: Extract<Deed, { kind: 'config' }>): Promise<Result> {
  const part = await drive.session.call(
    readFrom(drive.plan.playbook.workdir, { path: deed.file, offset: 0, maxBytes: largestBytes, headBytes: 0 }),
  );
  const { expected } = judgeConditions(deed.expect, () => undefined);
  const unread = (result: 'fail' | 'error', observed: string): Result => ({ result, expected, observed, message: null });
  if (part.kind !== 'file') return unread('fail', `"${deed.file}" is ${part.kind}`);
  if (part.size > largestBytes) return unread('error', `"${deed.file}" has ${part.size} bytes, at most ${largestBytes} are read`);
  let content: unknown;
  try {
    const text = part.bytes.toString();
    content = deed.file.endsWith('.toml') ? parseToml(text) : parseYaml(text);
  } catch (error) {
    return unread('fail', `"${deed.file}" cannot be read: ${messageOf(error).split('\n', 1)[0] ?? ''}`);
  }
  return judgeConditions(deed.expect, (key) => asPlain(valueAt(content, key)));
}

/** A date of TOML, as it is written there. */
function asPlain(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

/** By the whole key first, since a key may hold dots, then along them. */
function valueAt(content: unknown, key: string): unknown {
  if (typeof content !== 'object' || content === null) return undefined;
  const record = content as Record<string, unknown>;
  if (Object.hasOwn(record, key)) return record[key];
  const dot = key.indexOf('.');
  return dot < 0
    ? undefined
    : valueAt(Object.hasOwn(record, key.slice(0, dot)) ? record[key.slice(0, dot)] : undefined, key.slice(dot + 1));
}
