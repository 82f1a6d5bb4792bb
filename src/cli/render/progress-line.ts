import type { RunDocument } from '../../store/run-document.ts';
import type { Screen } from '../screen.ts';
import { shorten } from './printable.ts';
import { formatEta, formatRate, formatSteps } from './quantities.ts';
import { describeHealth, describeState } from './run-words.ts';

const barWidth = 20;
/** Where lines may be of any length. */
const longest = 200;

/** `[======>             ] 31%  15500/50000  3.2/s  ETA 3h  green`; before the first step, what is being done. What is not known is left out. */
export function renderProgressLine(run: RunDocument, screen: Screen): string {
  const health = describeHealth(run.health);
  const end = run.health === 'unknown' ? '' : `  ${health.text}`;
  const text = shorten([...describePlace(run), ...describeProgress(run)].join('  '), (screen.width ?? longest) - end.length - 1);
  return `${text}${end === '' || health.color === undefined ? end : `  ${screen.paint(health.color, health.text)}`}`;
}

/** From 0 to 1; null while it is not known. */
export function fractionOf(run: Pick<RunDocument, 'progress'>): number | null {
  const progress = run.progress;
  if (progress === null || progress.step === null || progress.of === null || progress.of <= 0) return null;
  return Math.min(Math.max(progress.step / progress.of, 0), 1);
}

/** The state, with the check that is being looked at. An ordinary run with steps needs no word. */
function describePlace(run: RunDocument): string[] {
  const { text } = describeState(run);
  const atWork = run.checks.find(({ result }) => result === null);
  if (atWork !== undefined) return [`${text}: ${atWork.name}`];
  if (text !== 'running' || run.progress === null) return [text];
  return run.progress.step === null ? ['running, no step yet'] : [];
}

function describeProgress({ progress }: RunDocument): string[] {
  if (progress === null || progress.step === null) return [];
  const { step, of, ratePerSecond, etaSeconds } = progress;
  const bar = renderBar(fractionOf({ progress }));
  return [
    ...(bar === null ? [`step ${formatSteps(step, of)}`] : [bar, formatSteps(step, of)]),
    ...(ratePerSecond === null ? [] : [formatRate(ratePerSecond)]),
    ...(etaSeconds === null || etaSeconds === 0 ? [] : [`ETA ${formatEta(etaSeconds)}`]),
  ];
}

function renderBar(fraction: number | null): string | null {
  if (fraction === null) return null;
  const full = Math.floor(fraction * barWidth);
  const bar = `${'='.repeat(full)}${full < barWidth ? '>' : ''}`.padEnd(barWidth);
  return `[${bar}] ${Math.floor(fraction * 100)}%`;
}
