import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareSource } from '../../src/monitor/sources.ts';
import type { FormatName, SourceRule } from '../../src/monitor/rules.ts';
import type { Row } from '../../src/monitor/reading.ts';
import { chunkOf, readInPieces, startedAt } from './monitor-support.ts';

function ruleOf(format: FormatName, step = 'step'): SourceRule {
  return { kind: 'format', name: 'trainer', format, step };
}

function read(format: FormatName, text: string, last: Row | null = null): Row[] {
  const file = prepareSource(ruleOf(format)).open(last);
  return file.read(chunkOf(text, { offset: last === null ? 0 : 1 }), () => null).rows;
}

function columnsOf(format: FormatName, text: string) {
  return read(format, text).map(({ columns }) => columns);
}

describe('lines of a trainer', () => {
  it('NeMo', () => {
    const line =
      'Training epoch 0, iteration 4/99 | lr: 6e-06 | global_batch_size: 16 | global_step: 104 | reduced_train_loss: 2.7 | train_step_timing in s: 0.19 | consumed_samples: 160\n';
    expect(
      read('nemo', `[NeMo I 2025-10-27 04:32:22 nemo_logging:393] Rank 0 has data parallel group : [0]\n${line}`),
    ).toMatchObject([
      {
        step: 104,
        columns: {
          ...{ step: 104, epoch: 0, iteration: 4, iterations: 99, lr: 6e-6, global_batch_size: 16 },
          ...{ reduced_train_loss: 2.7, train_step_timing_in_s: 0.19, consumed_samples: 160 },
        },
      },
    ]);
  });

  it('Megatron-LM', () => {
    const text = ` [2025-10-27 04:32:22] iteration        7/     500 | consumed samples:          112 | elapsed time per iteration (ms): 51.2 | learning rate: 1.4E-05 | global batch size:    16 | lm loss: 1.3E+01 | loss scale: 1.0 | grad norm: nan | number of skipped iterations:   0 | number of nan iterations:   0 |
 validation loss at iteration 100 on validation set | lm loss value: 6.1E+00 | lm loss PPL: 4.5E+02 |
`;
    expect(columnsOf('megatron', text)).toEqual([
      {
        ...{ step: 7, steps: 500, consumed_samples: 112, elapsed_time_per_iteration_ms: 51.2, learning_rate: 1.4e-5 },
        ...{ global_batch_size: 16, lm_loss: 13, loss_scale: 1, grad_norm: null },
        ...{ number_of_skipped_iterations: 0, number_of_nan_iterations: 0 },
      },
      { step: 100, validation_lm_loss_value: 6.1, validation_lm_loss_ppl: 450 },
    ]);
  });

  it('torchtitan, in colour', () => {
    const text =
      '[rank0]:[titan] 2025-01-01 00:00:00,000 - root - INFO - \x1b[31mstep: 12  \x1b[32mloss:  7.6127  \x1b[38;2;180;60;0mgrad_norm:  1.2  \x1b[33mmemory: 20.00GiB(50.0%)  \x1b[34mtps: 5,000  \x1b[36mtflops: 40.10  \x1b[35mmfu: 12.86%\x1b[39m\n[rank0]:validate step: 12  loss: 8.1  memory: 21.00GiB(51.5%)  tps: 9,000\n';
    expect(columnsOf('torchtitan', text)).toEqual([
      { step: 12, loss: 7.6127, grad_norm: 1.2, memory_gib: 20, memory_percent: 50, tps: 5000, tflops: 40.1, mfu: 12.86 },
      { step: 12, validate_loss: 8.1, validate_memory_gib: 21, validate_memory_percent: 51.5, validate_tps: 9000 },
    ]);
  });

  it('nanoGPT and its speed runs', () => {
    const text = `step 0: train loss 10.9, val loss 10.8
iter 10: loss 3.21, time 1234.56ms, mfu 12.30%
iter 11: loss nan, time 99.10ms
step:7/100 train_time:9ms step_avg:1.2ms
step:0/1750 val_loss:10.8258 train_time:0ms step_avg:nanms
`;
    expect(columnsOf('nanogpt', text)).toEqual([
      { step: 0, train_loss: 10.9, val_loss: 10.8 },
      { step: 10, train_loss: 3.21, time_ms: 1234.56, mfu: 12.3 },
      { step: 11, train_loss: null, time_ms: 99.1 },
      { step: 7, steps: 100, train_time_ms: 9, step_avg_ms: 1.2 },
      { step: 0, steps: 1750, val_loss: 10.8258, train_time_ms: 0, step_avg_ms: null },
    ]);
  });

  it('llm.c', () => {
    expect(columnsOf('llm-c', 's:0 tel:5.3\ns:10 eval:0.28\ns:10 trl:5.1 lr:0.0002 norm:1.5\nother s:1 x:2\n')).toEqual([
      { step: 0, val_loss: 5.3 },
      { step: 10, eval: 0.28 },
      { step: 10, train_loss: 5.1, lr: 0.0002, grad_norm: 1.5 },
    ]);
  });

  it('Lightning, with sparse rows and the names of its loggers', () => {
    const text = 'epoch,lr-AdamW,step,train_loss,val/acc\r\n0,0.001,9,0.5,\r\n0,,9,,0.75\r\n,,,,\r\n';
    expect(read('lightning', text).map(({ step, columns }) => [step, columns])).toEqual([
      [9, { epoch: 0, lr_adamw: 0.001, step: 9, train_loss: 0.5, val_acc: '' }],
      [9, { epoch: 0, lr_adamw: '', step: 9, train_loss: '', val_acc: 0.75 }],
      [null, { epoch: '', lr_adamw: '', step: '', train_loss: '', val_acc: '' }],
    ]);
  });

  it('tqdm, where each state of a bar is overwritten by the next', () => {
    const text =
      '\rLoading subjects:   0%|          | 0/2 [00:00<?, ?it/s]\rLoading subjects:  50%|█████     | 1/2 [00:16<00:16, 16.00s/it]\rLoading subjects: 100%|██████████| 2/2 [00:32<00:00, 16.17s/it]\n' +
      'Epoch 3:  10%|█         | 1.2k/12.9k [00:10<01:30, 120.5it/s, v_num=7, train/loss=0.25]\rgenerated: 17it [00:03, 5.5it/s]\nother\n';
    expect(columnsOf('tqdm', text)).toEqual([
      { description: 'Loading subjects', step: 0, steps: 2 },
      { description: 'Loading subjects', step: 1, steps: 2, it_per_s: 1 / 16 },
      { description: 'Loading subjects', step: 2, steps: 2, it_per_s: 1 / 16.17 },
      { description: 'Epoch 3', step: 1200, steps: 12_900, it_per_s: 120.5, v_num: 7, train_loss: 0.25 },
      { description: 'generated', step: 17, it_per_s: 5.5 },
    ]);
  });
});

describe('Hugging Face Trainer', () => {
  const bar = (step: number, of: number, name = '') =>
    `\r${name}${Math.round((100 * step) / of)}%|██  | ${step}/${of} [00:12<09:45,  1.2s/it]`;
  const log = `${bar(8, 8, 'Map: ')}\n${bar(0, 500)}${bar(10, 500)}
{'loss': 1.8, 'grad_norm': nan, 'learning_rate': 1.9e-05, 'epoch': 0.08}
{'config': 'a dictionary of somebody else'}
${bar(11, 500)}${bar(0, 4)}${bar(4, 4)}
{'eval_loss': '1.5', 'eval_runtime': 3.2, 'epoch': 0.09}
${bar(12, 500)}\n{'train_runtime': 99.5, 'train_loss': inf, 'epoch': 0.1}\n`;

  it('places a record where the bar of the training stands', () => {
    expect(read('hf-trainer', log).map(({ step, columns }) => [step, columns])).toEqual([
      [0, { step: 0, steps: 500 }],
      [10, { step: 10, steps: 500 }],
      [10, { step: 10, steps: 500, loss: 1.8, grad_norm: null, learning_rate: 1.9e-5, epoch: 0.08 }],
      [11, { step: 11, steps: 500 }],
      [11, { step: 11, steps: 500, eval_loss: 1.5, eval_runtime: 3.2, epoch: 0.09 }],
      [12, { step: 12, steps: 500 }],
      [12, { step: 12, steps: 500, train_runtime: 99.5, train_loss: null, epoch: 0.1 }],
    ]);
  });

  it('goes on from the last row alone', () => {
    const last = { position: 0, step: 11, at: startedAt, columns: { step: 11, steps: 500 } };
    expect(read('hf-trainer', `${bar(4, 4)}\n{'eval_loss': 1.5, 'epoch': 0.09}\n`, last)).toMatchObject([
      { step: 11, columns: { step: 11, steps: 500, eval_loss: 1.5 } },
    ]);
  });

  it('without a bar has records without a step', () => {
    expect(read('hf-trainer', "{'loss': 1.8, 'epoch': 0.08}\n")).toMatchObject([
      { step: null, columns: { loss: 1.8, epoch: 0.08 } },
    ]);
  });

  it('gives the same rows wherever its log is cut, and whoever goes on', () => {
    const source = prepareSource(ruleOf('hf-trainer'));
    const whole = read('hf-trainer', log);
    fc.assert(
      fc.property(fc.array(fc.nat(log.length), { maxLength: 6 }), (cuts) => {
        let last: Row | null = null;
        const rows = readInPieces(
          (chunk) => {
            const reading = source.open(last).read({ ...chunk, readAt: startedAt }, () => null);
            last = reading.rows.at(-1) ?? last;
            return reading;
          },
          Buffer.from(log),
          cuts,
        ).flatMap((reading) => reading.rows);
        expect(rows).toEqual(whole);
      }),
    );
  });
});

describe('a line that was made to be slow', () => {
  const formats: FormatName[] = ['hf-trainer', 'nemo', 'megatron', 'torchtitan', 'nanogpt', 'llm-c', 'tqdm'];
  it.each(formats)('takes %s no more than a moment', (format) => {
    const pieces = [
      '0%|',
      '0%| | 1/2 [',
      "{'epoch'",
      "'a' ",
      'step: 1 loss: ',
      'a',
      ' ',
      'iteration ',
      '1/2 [',
      's:1 a:',
      "'\\",
      '|:',
    ];
    for (const piece of pieces) {
      for (const start of [
        '',
        "{'",
        's:1 ',
        'step: 1 loss: ',
        'iteration 1/ 2 |',
        'Training epoch 0, iteration 4/99 |',
        'step:1/2 ',
      ]) {
        const begun = process.cpuUsage();
        read(format, `${start}${piece.repeat(2 ** 18 / piece.length)} 'epoch'}\n`);
        expect(process.cpuUsage(begun).user / 1e6, start + piece).toBeLessThan(3);
      }
    }
  });
});
