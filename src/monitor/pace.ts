import { formatDuration } from '../language/units.ts';
import type { Reason } from './health.ts';
import type { Progress } from './progress.ts';
import type { Band } from './rules.ts';

/** Before that a rate is that of the warm-up. */
const fewestSeconds = 120;
const factor = 2;

/** Measured pace against the duration that the playbook declares: both cannot be true, and what was measured is. */
export function contradictDuration({ of, ratePerSecond }: Progress, measuredSeconds: number, duration: Band | null): Reason[] {
  if (duration === null || of === null || ratePerSecond === null || ratePerSecond <= 0 || measuredSeconds < fewestSeconds)
    return [];
  const whole = of / ratePerSecond;
  const isSlow = duration.high !== null && whole > factor * duration.high;
  const isFast = duration.low !== null && whole < duration.low / factor;
  if (!isSlow && !isFast) return [];
  const text = `at the measured pace all ${of} steps take ${formatDuration(Math.round(whole))}, and ${duration.text} was declared`;
  return [{ color: 'yellow', text, alarm: 'pace' }];
}
