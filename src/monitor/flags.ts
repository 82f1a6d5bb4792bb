import { compilePattern, type Pattern } from '../language/pattern.ts';
import { excerpt, type Reading } from './reading.ts';
import type { FlagRule } from './rules.ts';

/** Something that was seen, how often, and when. `text` is the first occurrence and never changes. */
export interface Flag {
  color: FlagRule['color'];
  text: string;
  hint: string | null;
  expected: boolean;
  count: number;
  firstAt: number;
  lastAt: number;
}

export interface FlagTally {
  seeLine(line: string, at: number): void;
  /** Lines and values of a source that could not be used. */
  seeReading(source: string, reading: Reading, at: number): void;
  list(): Flag[];
}

const longestText = 300;

/** Continues from flags counted earlier: a rule goes on with the flag that it gave. */
export function tallyFlags(rules: FlagRule[], earlier: Iterable<Flag>): FlagTally {
  const flags = Array.from(earlier, (flag) => ({ ...flag }));
  const watched = rules.flatMap((rule) => {
    const compiled = compilePattern(rule.pattern);
    return compiled.ok ? [{ rule, pattern: compiled.pattern, flag: null as Flag | null }] : [];
  });
  for (const flag of flags) {
    const open = watched.filter((watch) => watch.flag === null && isOf(flag, watch.rule));
    const giver = open.find((watch) => watch.pattern.test(flag.text)) ?? open[0];
    if (giver !== undefined) giver.flag = flag;
  }

  function add(flag: Flag): Flag {
    flags.push(flag);
    return flag;
  }

  function seeTrouble(start: string, text: string, count: number, at: number): void {
    if (count === 0) return;
    const known = flags.find((flag) => flag.text.startsWith(start));
    if (known === undefined) add({ color: 'yellow', text, hint: null, expected: false, count, firstAt: at, lastAt: at });
    else countAgain(known, count, at);
  }

  return {
    seeLine(line, at) {
      for (const watch of watched) {
        if (!watch.pattern.test(line)) continue;
        const { color, hint, expected } = watch.rule;
        if (watch.flag === null) {
          watch.flag = add({ color, text: cut(line, watch.pattern), hint, expected, count: 1, firstAt: at, lastAt: at });
        } else countAgain(watch.flag, 1, at);
      }
    },
    seeReading(source, { skipped, notFinite }, at) {
      const lines = `${source}: lines that cannot be used`;
      seeTrouble(lines, `${lines}, the first: ${skipped.firstReason ?? ''}`.slice(0, longestText), skipped.count, at);
      const values = `${source}: values that are no number (NaN, Infinity)`;
      seeTrouble(values, values, notFinite, at);
    },
    list: () => flags.map((flag) => ({ ...flag })),
  };
}

function countAgain(flag: Flag, count: number, at: number): void {
  flag.count += count;
  flag.lastAt = at;
}

function isOf(flag: Flag, rule: FlagRule): boolean {
  return flag.color === rule.color && flag.hint === rule.hint && flag.expected === rule.expected;
}

/** The part of a long line in which the pattern still matches: its start, its end, or a window that moves along. */
function cut(line: string, pattern: Pattern): string {
  const trimmed = line.trim();
  for (let start = 0; start + longestText < trimmed.length; start += longestText / 2) {
    const part = trimmed.slice(start, start + longestText);
    if (pattern.test(part)) return part;
  }
  const end = trimmed.slice(-longestText);
  return pattern.test(end) ? end : excerpt(trimmed, longestText - 1);
}
