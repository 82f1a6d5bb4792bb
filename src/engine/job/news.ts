import type { Health } from '../../lifecycle/states.ts';
import type { CriterionState } from '../../monitor/criteria.ts';
import type { Reason } from '../../monitor/health.ts';
import type { Judgement } from '../../monitor/run-monitor.ts';
import type { NewEvent } from '../../store/records.ts';
import type { Drive } from '../drive.ts';

/** What the event log says of a judgement already. */
export interface Told {
  criteria: Map<string, string>;
  flags: number;
  health: Health;
  /** That go on. One that ended and begins again is told again. */
  alarms: Set<string>;
}

export function rememberTold({ criteria, flags, health, reasons }: Judgement): Told {
  return {
    criteria: new Map(criteria.map(({ name, verdict }) => [name, verdict])),
    flags: flags.length,
    health,
    alarms: new Set(reasons.flatMap(({ alarm }) => alarm ?? [])),
  };
}

/** Each change once: a controller that comes later goes on from what is recorded. */
export function describeNews(drive: Drive, judgement: Judgement, told: Told): NewEvent[] {
  const criteria = judgement.criteria
    .filter(({ name, verdict }) => verdict !== 'pending' && told.criteria.get(name) !== verdict)
    .map((state) => drive.event('criterion', describeCriterion(state), { name: state.name, verdict: state.verdict }));
  const flags = judgement.flags.slice(told.flags).map((flag) => {
    const hint = flag.hint === null ? '' : ` (${flag.hint})`;
    return drive.event('flag', `${flag.color} flag: ${flag.text}${hint}`, { color: flag.color });
  });
  const { health, reasons } = judgement;
  const alarms = reasons
    .filter(({ alarm }) => alarm !== undefined && !told.alarms.has(alarm))
    .map(({ alarm, color, text }) => drive.event('alarm', `${color} alarm: ${text}`, { alarm, color }));
  if (health === told.health) return [...criteria, ...flags, ...alarms];
  return [...criteria, ...flags, ...alarms, drive.event('health', describeHealth(health, reasons), { health })];
}

function describeCriterion({ name, verdict, expected, observed, message }: CriterionState): string {
  const why = message === null ? '' : ` (${message})`;
  if (verdict === 'met') return `${name}: met, ${observed ?? 'nothing observed'}${why}`;
  return `${name}: ${verdict}, expected ${expected ?? 'something else'}, got ${observed ?? 'nothing'}${why}`;
}

/** `health red: throughput: expected >= 39, got 22`. */
function describeHealth(health: Health, reasons: readonly Reason[]): string {
  return `health ${health}${reasons.length === 0 ? '' : `: ${reasons.map(({ text }) => text).join('; ')}`}`;
}
