import { describe, expect, it } from 'vitest';
import { lintText } from './lint-text.ts';

const work = (fields: string) => lintText(`work: { ${fields} }`);

describe('the duration of the work', () => {
  it('is told when steps, tokens and throughput give another one', () => {
    const sum = 'steps: 50000, tokens-per-step: 4096, throughput: 45..55';
    expect(work(`${sum}, duration: 15h..20h`)).toEqual([
      'work.duration: 50000 steps of 4096 tokens at 45..55 tokens/s take 43 to 53 days, and the duration is given as 15h..20h',
    ]);
    expect(work(`${sum}, duration: 60d..70d`)).toHaveLength(1);
    expect(work(`${sum}, duration: 40d..45d`)).toEqual([]);
    expect(work(sum)).toEqual([]);
  });

  it('is told when steps and their time give another one', () => {
    expect(work('steps: 3600, time-per-step: 1s..2s, duration: 10m..30m')).toEqual([
      'work.duration: 3600 steps of 1s..2s each take 1h to 2h, and the duration is given as 10m..30m',
    ]);
    expect(work('steps: 3600, time-per-step: 1s..2s, duration: 90m')).toEqual([]);
  });

  it('is held to the end that is known of an open throughput', () => {
    const sum = (throughput: string) => `steps: 3600, tokens-per-step: 10, throughput: "${throughput}", duration: 30m..40m`;
    expect(work(sum('<= 10'))).toEqual([
      'work.duration: 3600 steps of 10 tokens at <= 10 tokens/s take at least 1h, and the duration is given as 30m..40m',
    ]);
    expect(work(sum('>= 30'))[0]).toContain('take at most 20m');
    expect(work(sum('>= 10'))).toEqual([]);
  });

  it('waits for what is not said', () => {
    expect(work('steps: 3600, throughput: 1..2, duration: 1s')).toEqual([]);
    expect(work('tokens-per-step: 3600, throughput: 0..0, duration: 1s')).toEqual([]);
  });
});

describe('the time of a step', () => {
  it('is told when tokens and throughput give another one', () => {
    expect(work('tokens-per-step: 100, throughput: 10..20, time-per-step: 1s..2s')).toEqual([
      'work.time-per-step: a step of 100 tokens at 10..20 tokens/s takes 5s to 10s, and its time is given as 1s..2s',
    ]);
    expect(work('tokens-per-step: 100, throughput: 10..20, time-per-step: 2s..6s')).toEqual([]);
  });
});

describe('what progress is measured against', () => {
  const target = (of: number) =>
    lintText(`work: { steps: 100 }\nmonitor: { metrics: { m: { csv: m.csv } }, progress: { metric: m.step, of: ${of} } }`);

  it('is told when it is another number of steps', () => {
    expect(target(200)).toEqual([
      'monitor.progress.of: the work has 100 steps, and progress is measured against 200: the run would never be complete',
    ]);
    expect(target(50)[0]).toContain('against 50: the run would count as complete before its end');
    expect(target(100)).toEqual([]);
  });

  it('may be epochs', () => {
    const epochs = 'progress: { metric: m.epoch, of: 3 }';
    expect(lintText(`work: { steps: 100 }\nmonitor: { metrics: { m: { csv: m.csv } }, ${epochs} }`)).toEqual([]);
    expect(lintText(`work: { time-per-step: 1s, duration: 1h }\nmonitor: { metrics: { m: { csv: m.csv } }, ${epochs} }`)).toEqual(
      [],
    );
  });

  it('is the number of steps where work says none', () => {
    const told = lintText(
      'work: { time-per-step: 1s, duration: 1h }\nmonitor: { metrics: { m: { csv: m.csv } }, progress: { metric: m.step, of: 60 } }',
    );
    expect(told).toEqual(['work.duration: 60 steps of 1s each take 1m, and the duration is given as 1h']);
  });
});
