import type { RunDocument } from '../../store/run-document.ts';
import type { Screen } from '../screen.ts';
import { shorten } from './printable.ts';
import { formatRate, formatSeconds, formatSteps } from './quantities.ts';
import { describeHealth, describeState } from './run-words.ts';

const barWidth = 20;

/** `[======>             ] 31% 15500/50000  3.2/s  ETA 2h59m  green`; before the first step, the state. */
export function renderProgressLine(run: RunDocument, screen: Screen): string {
  const progress = run.progress;
  const health = describeHealth(run.health);
  const words = [describeState(run).text];
  if (progress !== null && progress.step !== null) {
    words.push(formatSteps(progress.step, progress.of), formatRate(progress.ratePerSecond));
    if (progress.etaSeconds !== null) words.push(`ETA ${formatSeconds(progress.etaSeconds)}`);
  }
  const bar = renderBar(fractionOf(run));
  const text = shorten([...(bar === '' ? [] : [bar]), ...words].join('  '), (screen.width ?? 200) - health.text.length - 3);
  return `${text}  ${health.color === undefined ? health.text : screen.paint(health.color, health.text)}`;
}

/** From 0 to 1; null while it is not known. */
export function fractionOf(run: Pick<RunDocument, 'progress'>): number | null {
  const progress = run.progress;
  if (progress === null || progress.step === null || progress.of === null || progress.of <= 0) return null;
  return Math.min(Math.max(progress.step / progress.of, 0), 1);
}

function renderBar(fraction: number | null): string {
  if (fraction === null) return '';
  const full = Math.floor(fraction * barWidth);
  const bar = `${'='.repeat(full)}${full < barWidth ? '>' : ''}`.padEnd(barWidth);
  return `[${bar}] ${Math.floor(fraction * 100)}%`;
}
