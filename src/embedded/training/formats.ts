import type { StepFigures } from './curves.ts';

/** `120,3.210000,1.200000e-05,47.2`: a row of training.csv, which has no header. What is not told yet is empty. */
export function formatRow(figures: StepFigures): string {
  const { step, loss, learningRate, tokensPerSecond } = figures;
  return `${step},${formatFixed(loss, 6)},${formatScientific(learningRate, 6)},${tokensPerSecond?.toFixed(1) ?? ''}\n`;
}

/** `step 0120 | loss 3.2100 | lr 1.20e-05 | toks/s 47 | grad_norm 1.10 | fetch 9ms` */
export function formatLogLine(figures: StepFigures): string {
  const parts = [
    `step ${String(figures.step).padStart(4, '0')}`,
    `loss ${formatFixed(figures.loss, 4)}`,
    `lr ${formatScientific(figures.learningRate, 2)}`,
    ...(figures.tokensPerSecond === null ? [] : [`toks/s ${figures.tokensPerSecond.toFixed(0)}`]),
    `grad_norm ${formatFixed(figures.gradNorm, 2)}`,
    `fetch ${figures.fetchMs.toFixed(0)}ms`,
  ];
  return `${parts.join(' | ')}\n`;
}

/** One record as Python's json module writes it: NaN stands bare. */
export function formatRecord(record: Record<string, string | number | null>): string {
  const fields = Object.entries(record).map(([key, value]) => {
    return `${JSON.stringify(key)}: ${typeof value === 'number' && Number.isNaN(value) ? 'NaN' : JSON.stringify(value)}`;
  });
  return `{${fields.join(', ')}}\n`;
}

function formatFixed(value: number, digits: number): string {
  return Number.isNaN(value) ? 'nan' : value.toFixed(digits);
}

/** Two digits of exponent, as C and Python print it. */
function formatScientific(value: number, digits: number): string {
  return value.toExponential(digits).replace(/e([-+])(\d)$/, 'e$10$2');
}
