import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PretendFailure } from '../training/failure.ts';

const usage = 'usage: build_sudoku_dataset.py [-h] --output-dir OUTPUT_DIR [--subsample-size SUBSAMPLE_SIZE] [--num-aug NUM_AUG]';

/** Makes the folder of the puzzles, the same bytes on every worker. Few of them are written: nobody reads them. Returns what it prints. */
export function buildDataset(args: string[]): string {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const [name = '', value] = (args[at] ?? '').split('=');
    if (!['--output-dir', '--subsample-size', '--num-aug'].includes(name)) throw refuse(`unrecognized arguments: ${args[at]}`);
    options.set(name, value ?? args[(at += 1)] ?? '');
  }
  const folder = options.get('--output-dir');
  if (folder === undefined) throw refuse('the following arguments are required: --output-dir');
  const [size, augmentations] = [readCount(options, '--subsample-size'), readCount(options, '--num-aug')];
  for (const part of ['train', 'test']) {
    mkdirSync(join(folder, part), { recursive: true });
    for (const [at, name] of ['inputs', 'labels'].entries()) {
      writeFileSync(join(folder, part, `all__${name}.npy`), formatArray(size, at));
    }
  }
  return `${size} puzzles, ${augmentations} augmentations of each: ${folder}\n`;
}

/** As numpy writes an array of bytes: sudokus of 81 cells. */
function formatArray(size: number, shift: number): Buffer {
  const rows = Math.min(size, 1000);
  const head = `{'descr': '|u1', 'fortran_order': False, 'shape': (${rows}, 81), }`;
  const lead = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]);
  const cells = Buffer.from(Array.from({ length: rows * 81 }, (_, index) => 1 + ((index * 7 + shift) % 9)));
  return Buffer.concat([lead, Buffer.from(`${head.padEnd(117)}\n`), cells]);
}

function readCount(options: ReadonlyMap<string, string>, name: string): number {
  const text = options.get(name) ?? '1000';
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw refuse(`argument ${name}: invalid int value: '${text}'`);
}

function refuse(problem: string): PretendFailure {
  return new PretendFailure(`${usage}\nbuild_sudoku_dataset.py: error: ${problem}`, 2);
}
