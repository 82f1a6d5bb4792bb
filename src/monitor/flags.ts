import { compilePattern, type Pattern } from '../language/pattern.ts';
import type { FailureClass } from '../lifecycle/failure-classes.ts';
import { adviseOn } from './failures/failure.ts';
import { readKernelLog } from './failures/kernel-log.ts';
import { findFailurePattern } from './failures/patterns.ts';
import { excerpt, type Reading } from './reading.ts';
import type { FlagRule, KnownIssue, MonitorRules } from './rules.ts';

/** Something that was seen, how often, and when. `text` is the first occurrence and never changes. */
export interface Flag {
  color: FlagRule['color'];
  text: string;
  hint: string | null;
  expected: boolean;
  count: number;
  firstAt: number;
  lastAt: number;
  /** Of the built-in pattern that gave it. */
  failure?: FailureClass | null;
}

export interface FlagTally {
  /** `source`: `log`, or the name of a metric source. */
  seeLine(source: string, line: string, at: number): void;
  /** Whether lines of this source may raise a flag. */
  watches(source: string): boolean;
  /** What the kernel says of the job's processes now: all of it, each time. */
  seeKernelLog(log: string, pids: ReadonlySet<number>, at: number): void;
  /** Lines and values of a source that could not be used. */
  seeReading(source: string, reading: Reading, at: number): void;
  list(): Flag[];
}

/** What a flag is of, apart from where and when it was seen. */
type Kind = Pick<Flag, 'color' | 'hint' | 'expected' | 'failure'>;

const longestText = 300;

/** Continues from flags counted earlier: a rule goes on with the flag that it gave. */
export function tallyFlags(rules: Pick<MonitorRules, 'flags' | 'knownIssues' | 'silenced'>, earlier: Iterable<Flag>): FlagTally {
  const flags = Array.from(earlier, (flag) => ({ ...flag }));
  const watched = rules.flags.flatMap((rule) => watchFor(rule.pattern, rule.in ?? 'log', { ...rule, failure: null }));
  const issues = (rules.knownIssues ?? []).flatMap((issue) => watchFor(issue.pattern, 'log', kindOfIssue(issue)));
  const kernelLines = new Set<string>();
  const sources = new Set(['log', ...watched.map(({ source }) => source)]);
  for (const flag of flags) {
    const open = [...watched, ...issues].filter((watch) => watch.flag === null && isFlagOf(flag, watch.kind));
    const giver = open.find((watch) => watch.pattern.test(flag.text)) ?? open[0];
    if (giver !== undefined) giver.flag = flag;
  }

  const isSilenced = (name: string) => rules.silenced === 'all' || rules.silenced?.includes(name) === true;

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

  function raise(kind: Kind, known: Flag | null | undefined, text: () => string, at: number): Flag {
    if (known == null) return add({ ...pickKind(kind), text: text(), count: 1, firstAt: at, lastAt: at });
    countAgain(known, 1, at);
    return known;
  }

  /** An author knows more of a line than we do. */
  function seeBuiltIn(line: string, at: number): void {
    const found = findFailurePattern(line);
    if (found === null || isSilenced(found.name)) return;
    const kind = { color: found.color, hint: found.hint, expected: false, failure: found.class };
    const known = flags.find((flag) => isFlagOf(flag, kind));
    raise(kind, known, () => excerpt(line.trim(), longestText - 1), at);
  }

  function seeAll(watches: readonly Watch[], source: string, line: string, at: number): boolean {
    const firing = watches.filter((watch) => watch.source === source && watch.pattern.test(line));
    for (const watch of firing) watch.flag = raise(watch.kind, watch.flag, () => cut(line, watch.pattern), at);
    return firing.length > 0;
  }

  return {
    seeLine(source, line, at) {
      const isAuthors = seeAll(watched, source, line, at);
      if (source === 'log' && !isAuthors) seeBuiltIn(line, at);
      seeAll(issues, source, line, at);
    },
    watches: (source) => sources.has(source),
    seeKernelLog(log, pids, at) {
      for (const { class: failure, text } of readKernelLog(log, pids)) {
        const kind = { color: 'red' as const, hint: adviseOn(failure).advice, expected: false, failure };
        const known = flags.find((flag) => isFlagOf(flag, kind));
        if (kernelLines.has(text) || known?.text === text || isSilenced(failure)) continue;
        kernelLines.add(text);
        raise(kind, known, () => excerpt(text, longestText - 1), at);
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

interface Watch {
  source: string;
  pattern: Pattern;
  kind: Kind;
  flag: Flag | null;
}

function watchFor(pattern: string, source: string, kind: Kind): Watch[] {
  const compiled = compilePattern(pattern);
  return compiled.ok ? [{ source, pattern: compiled.pattern, kind: pickKind(kind), flag: null }] : [];
}

function kindOfIssue({ issue, url, hint }: KnownIssue): Kind {
  const text = [`known issue ${issue}`, hint, url].filter((part) => part !== null).join(', ');
  return { color: 'yellow', hint: text, expected: true, failure: null };
}

function pickKind({ color, hint, expected, failure = null }: Kind): Kind {
  return { color, hint, expected, failure };
}

function countAgain(flag: Flag, count: number, at: number): void {
  flag.count += count;
  flag.lastAt = at;
}

/** Given by a rule of this kind, as far as the flag itself tells. */
export function isFlagOf(flag: Flag, kind: Pick<Kind, 'color' | 'hint' | 'expected'>): boolean {
  return flag.color === kind.color && flag.hint === kind.hint && flag.expected === kind.expected;
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
