import { describe, expect, it } from 'vitest';
import { launch, lintText } from './lint-text.ts';

const size = 'size: { about: 500MB, tolerance: 20% }';
const every = (steps: number, more = '') => `monitor: { checkpoints: { path: 'out/c_*.pt', every: ${steps}, ${more} } }\n`;
const free = (amount: string, path = '.') => `requires: { disk: { path: '${path}', free: ${amount} } }\n`;
const count = (files: number | string, glob = 'out/c_*.pt') =>
  `verify:\n  - { check: c, files: { glob: '${glob}', count: ${files} } }\n`;

describe('the interval of checkpoints', () => {
  it('is told when the run is over before the first one', () => {
    expect(lintText(`work: { steps: 100 }\n${every(500)}`)).toEqual([
      'monitor.checkpoints.every: a checkpoint every 500 steps, and the run has 100: there is never one',
    ]);
    expect(lintText(`work: { steps: 500 }\n${every(500)}`)).toEqual([]);
    expect(lintText(`work: { steps: 500 }\n${every(500, 'first-at: 600')}`)).toEqual([
      'monitor.checkpoints.first-at: a checkpoint from step 600 on, and the run has 500: there is never one',
    ]);
  });

  it('is told when it is zero, in a param or in the configuration that is expected', () => {
    const zero = (value: number) =>
      lintText(
        `params: { save_every: { type: integer, default: ${value} } }\nvalidate:\n  - { check: c, config: { file: x, expect: { train.save_interval: ${value} } } }\n`,
      );
    expect(zero(0)).toEqual([
      'params.save_every.default: "save_every" is 0: the job never saves',
      'validate[0].config.expect."train.save_interval": "train.save_interval" is 0: the job never saves',
    ]);
    expect(zero(10)).toEqual([]);
  });
});

describe('the room for checkpoints', () => {
  it('is told when all that are kept do not fit into what the host must have', () => {
    expect(lintText(`work: { steps: 50000 }\n${free('5GB')}${every(5000, size)}`)).toEqual([
      'requires.disk.free: 10 checkpoints of 500MB ± 20% take up to 6 GB, and 5GB free is enough for "requires"',
    ]);
    expect(lintText(`work: { steps: 50000 }\n${free('6GB')}${every(5000, size)}`)).toEqual([]);
  });

  it('counts those that the job keeps, and the floor of the guard', () => {
    const kept = (amount: string, guard: string) =>
      lintText(`work: { steps: 50000, checkpoints-kept: 5 }\n${free(amount)}${every(5000, size)}${launch('x', guard)}`);
    expect(kept('3GB', '')).toEqual([]);
    expect(kept('4GB', 'guard: { disk: { free: 2GB } }')).toEqual([
      'requires.disk.free: 5 checkpoints of 500MB ± 20% take up to 3 GB above the 2 GB at which the guard stops the job, and 4GB free is enough for "requires"',
    ]);
    expect(kept('5GB', 'guard: { disk: { free: 2GB } }')).toEqual([]);
  });

  it('counts those that fleet keeps, and none before the first', () => {
    const asked = (more: string) =>
      lintText(`work: { steps: 50000 }\n${free('3GB')}${every(5000, `${size}, ${more}`)}`.replaceAll(/, }/g, ' }'));
    expect(asked('keep: { last: 5 }')).toEqual([]);
    expect(asked('keep: { last: 6 }')).toHaveLength(1);
    expect(asked('first-at: 30000')).toEqual([]);
    expect(asked('first-at: 25000')).toHaveLength(1);
  });

  it('is noted when nothing asks for it', () => {
    expect(lintText(`work: { steps: 50000 }\n${every(5000, size)}`)).toEqual([
      'note: monitor.checkpoints: 10 checkpoints of 500MB ± 20% take up to 6 GB, and no room for them is asked for',
    ]);
  });

  it('is not compared with that of another folder', () => {
    expect(lintText(`work: { steps: 50000 }\n${free('1GB', '/')}${every(5000, size)}`)).toEqual([]);
    expect(lintText(`work: { steps: 50000 }\n${free('1GB', 'ou')}${every(5000, size)}`)).toEqual([]);
    expect(lintText(`work: { steps: 50000 }\n${free('1GB', './out/')}${every(5000, size)}`)).toHaveLength(1);
  });

  it('is not guessed where no number of steps is said', () => {
    expect(lintText(`${free('1GB')}${every(5000, size)}`)).toEqual([]);
  });
});

describe('the number of checkpoints that verify expects', () => {
  const verify = (steps: number, expected: number | string, more = '', glob?: string) =>
    lintText(`work: { steps: ${steps}${more} }\n${every(100)}${count(expected, glob)}`);

  it('is told when another number is written', () => {
    expect(verify(1000, 11)).toEqual([
      'verify[0].files.count: 1000 steps with a checkpoint every 100 make 10, and 11 are expected',
    ]);
    expect(verify(1000, 10, ', checkpoints-kept: 5')).toEqual([
      'verify[0].files.count: 1000 steps with a checkpoint every 100 make 10, of which 5 are kept, and 10 are expected',
    ]);
  });

  it.each([
    [1000, 10],
    [1000, '8..12'],
    [1050, 10],
    [1050, 11],
  ])('is fine for %d steps and %s files', (steps, expected) => {
    expect(verify(steps, expected)).toEqual([]);
  });

  it('is not compared for other files', () => {
    expect(verify(1000, 3, '', 'out/*.csv')).toEqual([]);
  });
});

describe('a long job', () => {
  const job = (duration: string, more = '') => lintText(`work: { steps: 100, duration: ${duration} }\n${launch('x')}${more}`);

  it('is noted when it declares no checkpoints', () => {
    expect(job('15h..20h')).toEqual([
      'note: launch: the job takes at least 15h, and no checkpoints are declared: a crash may cost all of it',
    ]);
    expect(job('15h..20h', every(10))).toEqual([]);
    expect(job('50m..2h')).toEqual([]);
  });
});
