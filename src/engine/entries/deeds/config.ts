import { parse } from 'yaml';
import { messageOf } from '../../../errors.ts';
import type { Deed, Scalar } from '../../../playbook/playbook.ts';
import { readFrom } from '../../../remote/files.ts';
import type { Drive } from '../../drive.ts';
import type { Result } from './result.ts';

const largestBytes = 1_048_576;

/** Values of a YAML or JSON file on the host, numbers compared as numbers: 2.0e-4 is 0.0002. */
export async function checkConfig(drive: Drive, deed: Extract<Deed, { kind: 'config' }>): Promise<Result> {
  const part = await drive.session.call(
    readFrom(drive.plan.playbook.workdir, { path: deed.file, offset: 0, maxBytes: largestBytes, headBytes: 0 }),
  );
  const expected = Object.entries(deed.expect)
    .map(([key, value]) => `${key} = ${value}`)
    .join(', ');
  if (part.kind !== 'file') return { result: 'fail', expected, observed: `"${deed.file}" is ${part.kind}`, message: null };
  if (part.size > largestBytes)
    return {
      result: 'error',
      expected,
      observed: `"${deed.file}" has ${part.size} bytes, at most ${largestBytes} are read`,
      message: null,
    };
  let content: unknown;
  try {
    content = parse(part.bytes.toString());
  } catch (error) {
    return {
      result: 'fail',
      expected,
      observed: `"${deed.file}" cannot be read: ${messageOf(error).split('\n', 1)[0] ?? ''}`,
      message: null,
    };
  }
  const other = Object.entries(deed.expect).filter(([key, value]) => !equals(valueAt(content, key), value));
  if (other.length === 0) return { result: 'pass', expected, observed: 'all as expected', message: null };
  const observed = other.map(([key, value]) => `${key} = ${show(valueAt(content, key))} instead of ${value}`).join(', ');
  return { result: 'fail', expected, observed, message: null };
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

function equals(found: unknown, expected: Scalar): boolean {
  if (typeof expected === 'number') {
    const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
    return typeof number === 'number' && number === expected;
  }
  return found === expected;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
