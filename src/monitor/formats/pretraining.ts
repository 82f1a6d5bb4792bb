import { parseCell } from '../cells.ts';
import type { ReadLine } from '../text.ts';
import { readBarred, readFigure, readSpaced, type Columns } from './figures.ts';

/** `Training epoch 0, iteration 4/99 | lr: 6e-06 | ... | global_step: 4 | reduced_train_loss: 2.7 | train_step_timing in s: 0.19` */
export const readNemo: ReadLine = (line) => {
  const found = /\bTraining epoch (\d+), iteration (\d+)\/(\d+) \|/.exec(line);
  if (found === null) return null;
  const [head, epoch, iteration, iterations] = found;
  const { global_step: step = Number(iteration), ...columns } = readBarred(line.slice(found.index + head.length));
  return { step, epoch: Number(epoch), iteration: Number(iteration), iterations: Number(iterations), ...columns };
};

/** `iteration 7/ 500 | consumed samples: 112 | ... | lm loss: 1.3E+01 |`, and `validation loss at iteration 100 | lm loss value: 6.1E+00 |`. */
export const readMegatron: ReadLine = (line) => {
  const training = /\biteration +(\d+)\/ *(\d+) \|/.exec(line);
  if (training !== null) {
    const [head, step, steps] = training;
    return { step: Number(step), steps: Number(steps), ...readBarred(line.slice(training.index + head.length)) };
  }
  const validation = /\bvalidation loss at iteration (\d+)[^|]{0,80}\|/.exec(line);
  if (validation === null) return null;
  const columns = Object.entries(readBarred(line.slice(validation.index + validation[0].length)));
  return { step: Number(validation[1]), ...Object.fromEntries(columns.map(([name, value]) => [`validation_${name}`, value])) };
};

/** `step: 12  loss: 7.6  grad_norm: 1.2  memory: 20.00GiB(50.0%)  tps: 5,000  tflops: 40.1  mfu: 12.8%`; of a validation the step stands after `validate`. */
export const readTorchtitan: ReadLine = (line) => {
  const found = /\b(validate )?step: *([\d,]+) +loss: /.exec(line);
  if (found === null) return null;
  const { step, memory, ...columns } = readSpaced(line.slice(found.index));
  const [, used, percent] = /^([\d.]+)GiB\(([\d.]+)%\)$/.exec(String(memory)) ?? [];
  const figures: Columns =
    used === undefined ? columns : { ...columns, memory_gib: Number(used), memory_percent: Number(percent) };
  if (found[1] === undefined) return { step, ...figures };
  return { step, ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [`validate_${name}`, value])) };
};

/** `step:7/100 train_time:9ms step_avg:1.2ms` of the speed runs; `iter 10: loss 3.21, time 99.1ms, mfu 12%` and `step 0: train loss 4.2, val loss 4.3` of the original. */
export const readNanogpt: ReadLine = (line) => {
  const run = /^\s*step:(\d+)\/(\d+) /.exec(line);
  if (run !== null) {
    const { train_time: time, step_avg: average, ...columns } = readSpaced(line.slice(run[0].length));
    const times = {
      ...(time === undefined ? {} : { train_time_ms: time }),
      ...(average === undefined ? {} : { step_avg_ms: average }),
    };
    return { step: Number(run[1]), steps: Number(run[2]), ...columns, ...times };
  }
  const step = /^\s*iter (\d+): loss (\S+), time (\S+)ms(?:, mfu (\S+)%)?/.exec(line);
  if (step !== null) {
    const [, at, loss = '', time = '', mfu] = step;
    const columns = { step: Number(at), train_loss: parseCell(loss), time_ms: readFigure(time) };
    return mfu === undefined ? columns : { ...columns, mfu: parseCell(mfu) };
  }
  const evaluation = /^\s*step (\d+): train loss (\S+), val loss (\S+)/.exec(line);
  if (evaluation === null) return null;
  const [, at, train = '', val = ''] = evaluation;
  return { step: Number(at), train_loss: parseCell(train), val_loss: parseCell(val) };
};

const llmcNames: Readonly<Record<string, string>> = { s: 'step', trl: 'train_loss', tel: 'val_loss', norm: 'grad_norm' };

/** `s:10 trl:5.1 lr:0.0002`, `s:10 tel:5.3`, `s:10 eval:0.28` */
export const readLlmC: ReadLine = (line) => {
  if (!/^\s*s:\d+\s/.test(line)) return null;
  return Object.fromEntries(Object.entries(readSpaced(line)).map(([name, value]) => [llmcNames[name] ?? name, value]));
};
