import { RE2JS, RE2JSException } from 're2js';

const longestSource = 2_000;
const largestProgram = 5_000;

/** What a pattern's named groups caught. A group that reads as a number is one; a group that took no part is left out. */
type Captures = Record<string, string | number>;

export interface Pattern {
  source: string;
  /** Names of the groups, in order. */
  groups: string[];
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
  /** The first match, or null. */
  capture(text: string): Captures | null;
}

export type CompiledPattern = { ok: true; pattern: Pattern } | { ok: false; message: string };

/** A regular expression of RE2: no back references and no look-around, and time linear in the text. Never throws. */
export function compilePattern(source: string): CompiledPattern {
  if (source === '') return { ok: false, message: 'expected a regular expression, got nothing' };
  if (source.length > longestSource) {
    return { ok: false, message: `expected at most ${longestSource} characters, got ${source.length}` };
  }
  try {
    const compiled = RE2JS.compile(source);
    if (compiled.programSize() > largestProgram) return { ok: false, message: 'the regular expression is too large' };
    const groups = Object.keys(compiled.namedGroups());
    return {
      ok: true,
      pattern: {
        source,
        groups,
        test: (text) => compiled.test(text),
        capture: (text) => {
          const matcher = compiled.matcher(text);
          return matcher.find() ? readCaptures(groups, (name) => matcher.group(name)) : null;
        },
      },
    };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { ok: false, message: `not a regular expression: ${error.message.replace(/^error parsing regexp: /, '')}` };
  }
}

function readCaptures(groups: readonly string[], read: (name: string) => string | null | undefined): Captures {
  const captures: Captures = {};
  for (const name of groups) {
    const text = read(name);
    if (typeof text === 'string') captures[name] = readNumber(text) ?? text;
  }
  return captures;
}

/** Digits too many for a number stay text: they name something. */
function readNumber(text: string): number | null {
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return null;
  const value = Number(text);
  const exact = Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(text);
  return exact && Number.isFinite(value) ? value : null;
}
