import { describe, expect, it } from 'vitest';
import { launch, lintText } from './lint-text.ts';

const work = 'work: { steps: 3600, time-per-step: 1s..2s }\n';
const saved = 'monitor: { checkpoints: { path: c } }\n';

describe('a time limit', () => {
  it('is told when the shortest job takes longer', () => {
    expect(lintText(`${work}${launch('x', 'time-limit: 30m')}${saved}`)).toEqual([
      'launch.time-limit: 3600 steps of 1s..2s each take 1h at the least, and the guard stops the job after 30m',
    ]);
    expect(lintText(`work: { duration: 15h..20h }\n${launch('x', 'time-limit: 10h')}${saved}`)).toEqual([
      'launch.time-limit: the job takes 15h at the least, and the guard stops the job after 10h',
    ]);
  });

  it('is not told when the job may keep it', () => {
    expect(lintText(`${work}${launch('x', 'time-limit: 61m')}${saved}`)).toEqual([]);
    expect(lintText(`${work}${launch('x')}${saved}`)).toEqual([]);
  });
});

describe('a stall', () => {
  const tokens = 'work: { tokens-per-step: 4096, throughput: 45..55 }\n';
  const monitor = (stall: string) =>
    `monitor: { metrics: { m: { csv: m.csv }, beat: { jsonl: beat, step: step } }, progress: { metric: m.step }, stall: { ${stall} } }\n`;
  const guard = (file: string, limit: string) =>
    launch('x', `guard: { stall: { file: ${file}, contains: x, no-new-line: ${limit}, first-line: 1h } }`);

  it('is told when one step may take longer', () => {
    expect(lintText(`${tokens}${monitor('no-progress: 1m, first-step: 80s')}`)).toEqual([
      'monitor.stall.no-progress: a step of 4096 tokens at 45..55 tokens/s takes 1m14s to 1m31s, and a job without one for 1m counts as stalled',
      'monitor.stall.first-step: a step of 4096 tokens at 45..55 tokens/s takes 1m14s to 1m31s, and a job without one for 1m20s counts as stalled',
    ]);
    expect(lintText(`${tokens}${monitor('no-progress: 3m')}`)).toEqual([]);
  });

  it('that is learned is told by no step', () => {
    expect(lintText(`${tokens}${monitor('no-progress: auto, at-least: 1m')}`)).toEqual([]);
  });

  it('with a slow phase that allows no more than any other time is told', () => {
    const slow = (allow: string) => monitor(`no-progress: 3m, slow: [{ name: save, log: Saving, allow: ${allow} }]`);
    expect(lintText(`${tokens}${slow('3m')}`)).toEqual([
      'monitor.stall.slow[0].allow: "save" is allowed 3m, and every other time without progress 3m',
    ]);
    expect(lintText(`${tokens}${slow('10m')}`)).toEqual([]);
  });

  it('of the guard is told when its file has a line for each step', () => {
    const about = (file: string, limit: string) =>
      lintText(`${tokens}${monitor('no-progress: 92s')}${guard(file, limit)}`).filter((line) =>
        line.includes('counts as stalled'),
      );
    expect(about('beat', '1m')).toEqual([
      'launch.guard.stall.no-new-line: a step of 4096 tokens at 45..55 tokens/s takes 1m14s to 1m31s, and a job without one for 1m counts as stalled',
    ]);
    expect(about('beat', '2m')).toEqual([]);
    expect(about('train.log', '1m')).toEqual([]);
  });

  it('is not told where nothing says how long a step takes', () => {
    expect(lintText(monitor('no-progress: 1s'))).toEqual([]);
  });
});
