import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProgressDisplay } from '../../src/cli/progress-display.ts';
import { renderChecks, renderVerdict } from '../../src/cli/render/checks.ts';
import { printable, shorten, wrap } from '../../src/cli/render/printable.ts';
import { renderOutcome } from '../../src/cli/render/outcome.ts';
import { renderProgressLine } from '../../src/cli/render/progress-line.ts';
import { formatAge, formatEta, formatRate } from '../../src/cli/render/quantities.ts';
import { renderRunList } from '../../src/cli/render/run-list.ts';
import { renderTable } from '../../src/cli/render/table.ts';
import { screenOf, type Screen } from '../../src/cli/screen.ts';
import type { RunDocument } from '../../src/store/run-document.ts';

const pipe = screenOf({}, {}, { color: true });
const terminal = screenOf({ isTTY: true, columns: 60 }, {}, { color: true });

function makeRun(
  progress: Partial<NonNullable<RunDocument['progress']>> | null,
  health: RunDocument['health'] = 'green',
): RunDocument {
  return {
    id: 'abcdefghij',
    kind: 'launch',
    playbook: 'prod-50k',
    point: null,
    host: 'prime1',
    executor: 'detached',
    profile: null,
    attempt: 1,
    state: 'running',
    health,
    reachability: { status: 'reachable', since: null, nextTryAt: null },
    evidence: null,
    observedAt: null,
    controller: null,
    driven: false,
    verdict: null,
    outcome: null,
    message: null,
    workers: [],
    progress: progress === null ? null : { step: null, of: null, ratePerSecond: null, etaSeconds: null, ...progress },
    checks: [],
    criteria: [],
    flags: [],
    attempts: [],
    checkpoints: [],
    duties: [],
    cost: null,
    createdAt: '2026-11-22T18:00:00.000Z',
    startedAt: null,
    endedAt: null,
  };
}

describe('a screen', () => {
  it.each([
    { terminal: { isTTY: true }, environment: {}, color: true, colored: true },
    { terminal: { isTTY: true }, environment: { NO_COLOR: '' }, color: true, colored: true },
    { terminal: { isTTY: true }, environment: { NO_COLOR: '1' }, color: true, colored: false },
    { terminal: { isTTY: true }, environment: { TERM: 'dumb' }, color: true, colored: false },
    { terminal: { isTTY: true }, environment: {}, color: false, colored: false },
    { terminal: {}, environment: {}, color: true, colored: false },
  ])('is coloured only on a terminal that wants it: $environment $color', ({ terminal, environment, color, colored }) => {
    expect(screenOf(terminal, environment, { color }).paint('red', 'x') !== 'x').toBe(colored);
  });
});

describe('a run of an experiment', () => {
  it('is named by its playbook and its point, wherever runs are listed', () => {
    const run = { ...makeRun(null), playbook: 'trm-sweep', point: 'e1_1_baseline', host: 'demo-tpu' };
    const outcome = { result: 'succeeded', reason: null, exitCode: 0, degraded: false } as const;
    expect(renderRunList([run], pipe, 0)[1]).toMatch(/^abcdefghij +trm-sweep\/e1_1_baseline +demo-tpu /);
    expect(renderOutcome({ ...run, outcome }, pipe)[0]).toContain('trm-sweep/e1_1_baseline on demo-tpu');
    expect(renderRunList([{ ...run, point: null }], pipe, 0)[1]).toMatch(/^abcdefghij +trm-sweep +demo-tpu /);
  });
});

describe('text from a host', () => {
  it('cannot move the cursor, colour the screen or break the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
    expect(printable('a\u001b[2Jb\u001b]0;title\u0007c\r\nd')).toBe('ab?]0;title?c d');
  });

  it('is shortened to a width and wrapped between words', () => {
    expect(shorten('abcdefgh', 6)).toBe('abc...');
    expect(shorten('abc', 3)).toBe('abc');
    expect(wrap('one two three four five six', 20)).toEqual(['one two three four', 'five six']);
  });
});

describe('a table', () => {
  const columns = [{ title: 'NAME' }, { title: 'COUNT', align: 'right' as const }, { title: 'EMPTY' }, { title: 'TEXT' }];

  it('leaves out a column that is empty in every row, and aligns numbers to the right', () => {
    const rows = [{ cells: ['a', '1', '', 'x'] }, { cells: ['bb', '200', '', 'y'], notes: ['what to do'] }];
    expect(renderTable(columns, rows, pipe)).toEqual(['NAME  COUNT  TEXT', 'a         1  x', 'bb      200  y', '    what to do']);
  });

  it('shortens what is wider than its column may be, and tells it in full below a row that matters', () => {
    const capped = [{ title: 'NAME' }, { title: 'TEXT', most: 10 }];
    const cells = ['a', 'one two three four'];
    expect(renderTable(capped, [{ cells }, { cells, inFull: true }], pipe)).toEqual([
      'NAME  TEXT',
      'a     one two...',
      'a     one two...',
      '    text: one two three four',
    ]);
  });

  it('keeps a column that matters readable while the others give way', () => {
    const ranked = [{ title: 'NAME', least: 20 }, { title: 'TEXT' }];
    const lines = renderTable(ranked, [{ cells: ['a name of twenty ch.', 'x'.repeat(100)] }], { ...pipe, width: 40 });
    expect(lines[1]).toBe(`a name of twenty ch.  ${'x'.repeat(15)}...`);
  });

  it('fits the terminal', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string(), fc.string(), fc.string()), { maxLength: 5 }), (cells) => {
        const narrow: Screen = { ...pipe, width: 50 };
        for (const line of renderTable(
          columns,
          cells.map((row) => ({ cells: row })),
          narrow,
        ))
          expect([...line].length).toBeLessThanOrEqual(50);
      }),
    );
  });
});

describe('the GO / NO-GO table', () => {
  const check = {
    phase: 'validate',
    kind: 'check',
    expected: null,
    observed: null,
    seconds: null,
    message: null,
    waiver: null,
    workers: null,
  } as const;
  const checks: RunDocument['checks'] = [
    { ...check, name: 'first', result: 'pass', seconds: 0.2 },
    { ...check, name: 'second', result: 'warn', message: 'a little old' },
    { ...check, name: 'third', result: 'fail', expected: '2', observed: '1', message: 'free the second one' },
  ];

  it('begins with what failed, and what to do about it', () => {
    const lines = renderChecks(checks, pipe);
    expect(lines[1]).toMatch(/^fail +validate +third +2 +1$/);
    expect(lines[2]).toBe('    free the second one');
    expect(lines.at(-1)).toMatch(/^pass +validate +first +200ms$/);
  });

  it('ends with the verdict', () => {
    expect(renderVerdict('NO-GO', checks, pipe)).toEqual(['NO-GO: 1 of 3 did not pass, 1 warning']);
    expect(renderVerdict('GO', [], pipe)).toEqual(['GO']);
    expect(renderVerdict(null, checks, pipe)).toEqual([]);
  });
});

describe('the progress line', () => {
  it('shows the bar, the steps, the rate, what is left and the health', () => {
    const run = makeRun({ step: 15_500, of: 50_000, ratePerSecond: 3.2, etaSeconds: 10_781 });
    expect(renderProgressLine(run, pipe)).toBe('[======>             ] 31%  15500/50000  3.2/s  ETA 3h  green');
  });

  it('names the check that is being looked at', () => {
    const check = {
      phase: 'validate',
      kind: 'check',
      expected: null,
      observed: null,
      seconds: null,
      message: null,
      waiver: null,
      workers: null,
    } as const;
    const run = {
      ...makeRun(null, 'unknown'),
      state: 'validating' as const,
      checks: [{ ...check, name: 'causality', result: null }],
    };
    expect(renderProgressLine(run, pipe)).toBe('validating: causality');
  });

  it('shows the state before the first step, and no number that is not known', () => {
    expect(renderProgressLine(makeRun(null, 'unknown'), pipe)).toBe('running');
    expect(renderProgressLine(makeRun({}, 'unknown'), pipe)).toBe('running, no step yet');
    expect(renderProgressLine(makeRun({ step: 3 }), pipe)).toBe('step 3  green');
  });

  it('is one line of the terminal, whatever it shows', () => {
    const run = makeRun({ step: 49_999, of: 50_000, ratePerSecond: 0.01, etaSeconds: 100_000 });
    const line = renderProgressLine(run, { ...terminal, paint: (_color, text) => text });
    expect(line.length).toBeLessThan(60);
  });

  it('is redrawn on a terminal, below the lines that stay', () => {
    const written: string[] = [];
    const display = createProgressDisplay({ isTTY: true, write: (text) => written.push(text) }, pipe, { monotonic: () => 0 });
    display.show(makeRun({ step: 1, of: 10 }));
    display.show(makeRun({ step: 1, of: 10 }));
    display.note(['a line']);
    display.close();
    expect(written).toHaveLength(3);
    expect(written[1]).toMatch(/^\r\u001b\[Ka line\n\[==>/);
    expect(written[2]).toBe('\r\u001b[K');
  });

  it('is a plain line elsewhere, at most every ten seconds or 5 %', () => {
    const written: string[] = [];
    let now = 0;
    const display = createProgressDisplay({ write: (text) => written.push(text) }, pipe, { monotonic: () => now });
    for (let step = 0; step <= 100; step++) display.show(makeRun({ step, of: 1000 }));
    expect(written).toHaveLength(3);
    now = 10_000;
    display.show(makeRun({ step: 101, of: 1000 }));
    display.show(makeRun({ step: 102, of: 1000 }));
    expect(written).toHaveLength(4);
    expect(written.join('')).not.toMatch(/[\r\u001b]/);
    display.note(['a line']);
    display.show(makeRun({ step: 103, of: 1000 }));
    expect(written).toHaveLength(5);
  });
});

describe('quantities', () => {
  it('tell what is left in whole seconds, and the last of them as one', () => {
    expect([0.2, 0.99, 1.2, 59.5, 10_781].map(formatEta)).toEqual(['1s', '1s', '2s', '1m', '3h']);
    expect(formatEta(null)).toBe('-');
  });

  it('never show what is not known as 0', () => {
    expect(formatRate(null)).toBe('-');
    expect(formatAge(null, 0)).toBe('never');
  });

  it('show no age of a time that is still to come: the clock was set back since it was written down', () => {
    const now = Date.UTC(2026, 0, 1);
    const ages = [-3_600_000, -2_001, -2_000, -1, 0, 499, 61_000].map((ms) => formatAge(new Date(now - ms).toISOString(), now));
    expect(ages).toEqual(['clock set back', 'clock set back', '0s ago', '0s ago', '0s ago', '0s ago', '1m1s ago']);
  });

  it('show a slow rate as the time of one', () => {
    expect([formatRate(1234.5), formatRate(3.14159), formatRate(0), formatRate(0.02)]).toEqual([
      '1235/s',
      '3.14/s',
      '0/s',
      '50s each',
    ]);
  });
});
