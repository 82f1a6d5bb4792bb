import { compilePattern } from '../../language/pattern.ts';
import { isFlagOf } from '../../monitor/flags.ts';
import type { FlagRule, Monitor, MonitorAction } from '../../playbook/monitor/monitor.ts';
import type { Look } from '../job/job-monitor.ts';

/** Something that the playbook has an answer to. */
export interface Cause {
  /** The same for the same cause: how often it is answered is limited by it. */
  name: string;
  text: string;
  then: readonly MonitorAction[];
  /** How often it was seen; one that only holds or does not: 1. */
  count: number;
}

/** What holds now of all that the playbook has an answer to. A job whose work is done makes no more steps: that is no stall. */
export function findCauses(rules: Monitor, look: Pick<Look, 'judgement' | 'stalled' | 'stallText'>): Cause[] {
  const { criteria, flags, progress } = look.judgement;
  const isDone = progress.of !== null && progress.step !== null && progress.step >= progress.of;
  const stall = look.stalled && rules.stall !== null && !isDone ? [{ text: look.stallText, then: rules.stall.then }] : [];
  const violated = rules.criteria.filter(({ name }) =>
    criteria.some((state) => state.name === name && state.verdict === 'violated'),
  );
  const seen = rules.flags.flatMap(({ then = [], ...rule }) => {
    const flag = then.length === 0 ? undefined : flags.find((candidate) => isGivenBy(candidate, rule));
    return flag === undefined ? [] : [{ pattern: rule.pattern, flag, then }];
  });
  return [
    ...stall.map((cause) => ({ ...cause, name: 'stall', count: 1 })),
    ...violated.map(({ name, then }) => {
      return { name: `criterion "${name}"`, text: `criterion "${name}" is violated`, then, count: 1 };
    }),
    ...seen.map(({ pattern, flag, then }) => {
      return { name: `flag "${pattern}"`, text: `${flag.color} flag: ${flag.text}`, then, count: flag.count };
    }),
  ];
}

function isGivenBy(flag: Look['judgement']['flags'][number], rule: Omit<FlagRule, 'then'>): boolean {
  const compiled = compilePattern(rule.pattern);
  return isFlagOf(flag, rule) && compiled.ok && compiled.pattern.test(flag.text);
}
