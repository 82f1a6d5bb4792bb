import { describe, expect, it } from 'vitest';
import { classifyFailure } from '../../src/monitor/failures/classify-failure.ts';
import { recallKernelLog } from '../../src/monitor/failures/kernel-log.ts';
import { tallyFlags } from '../../src/monitor/flags.ts';
import { startReading } from '../../src/monitor/reading.ts';
import type { FlagRule } from '../../src/monitor/rules.ts';
import { startedAt } from './monitor-support.ts';

const rules: FlagRule[] = [
  { color: 'red', pattern: 'out of memory', hint: 'reduce seq_len', expected: false },
  { color: 'red', pattern: 'NCCL error|ChildFailedError', hint: null, expected: false },
  { color: 'yellow', pattern: '(?i)warning', hint: null, expected: true },
];

const outOfMemory = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB.';

describe('flags', () => {
  it('keep the first text, and count with the first and the last time', () => {
    const tally = tallyFlags({ flags: rules }, []);
    tally.seeLine('log', '  CUDA out of memory. Tried to allocate 2 GiB', startedAt);
    tally.seeLine('log', 'HIP out of memory', startedAt + 5);
    tally.seeLine('log', 'all is well', startedAt + 6);
    expect(tally.list()).toEqual([
      {
        color: 'red',
        text: 'CUDA out of memory. Tried to allocate 2 GiB',
        hint: 'reduce seq_len',
        expected: false,
        failure: null,
        count: 2,
        firstAt: startedAt,
        lastAt: startedAt + 5,
      },
    ]);
  });

  it('of a very long line show the part that matched', () => {
    const tally = tallyFlags({ flags: rules }, []);
    tally.seeLine('log', `${'a'.repeat(5_000)} out of memory ${'b'.repeat(5_000)}`, startedAt);
    const [flag] = tally.list();
    expect(flag?.text).toContain('out of memory');
    expect(flag?.text.length).toBeLessThanOrEqual(300);
  });

  it('go on counting where they were left, also when their text was scrubbed meanwhile', () => {
    const before = tallyFlags({ flags: rules }, []);
    before.seeLine('log', 'ChildFailedError in rank 1', startedAt);
    before.seeLine('log', 'out of memory', startedAt);
    const scrubbed = before.list().map((flag) => ({ ...flag, text: flag.text.replace('memory', '[redacted]') }));
    const after = tallyFlags({ flags: rules }, scrubbed);
    after.seeLine('log', 'NCCL error again', startedAt + 9);
    after.seeLine('log', 'out of memory again', startedAt + 9);
    expect(after.list().map(({ text, count, lastAt }) => [text, count, lastAt])).toEqual([
      ['ChildFailedError in rank 1', 2, startedAt + 9],
      ['out of [redacted]', 2, startedAt + 9],
    ]);
  });

  it('tell of lines and values that could not be used', () => {
    const tally = tallyFlags({ flags: [] }, []);
    const reading = { ...startReading(), skipped: { count: 2, firstReason: 'expected 4 columns, got 3' }, notFinite: 1 };
    tally.seeReading('training', reading, startedAt);
    const again = tallyFlags({ flags: [] }, tally.list());
    again.seeReading('training', { ...reading, skipped: { count: 1, firstReason: 'something else' } }, startedAt + 1);
    expect(again.list().map(({ color, text, count }) => [color, text, count])).toEqual([
      ['yellow', 'training: lines that cannot be used, the first: expected 4 columns, got 3', 3],
      ['yellow', 'training: values that are no number (NaN, Infinity)', 2],
    ]);
  });
});

/** Colour, text and class of each flag that these lines raise. */
function flagsOf(
  lines: readonly string[],
  more: Partial<Parameters<typeof tallyFlags>[0]> = {},
): (string | null | undefined)[][] {
  const tally = tallyFlags({ flags: [], ...more }, []);
  for (const line of lines) tally.seeLine('log', line, startedAt);
  return tally.list().map(({ color, text, failure }) => [color, text, failure]);
}

describe('a known failure', () => {
  it('raises a flag by itself, with its class and what to do', () => {
    const tally = tallyFlags({ flags: [] }, []);
    tally.seeLine('log', outOfMemory, startedAt);
    tally.seeLine('log', `[rank3]: ${outOfMemory}`, startedAt + 1);
    expect(tally.list()).toMatchObject([
      {
        color: 'red',
        text: outOfMemory,
        failure: 'gpu-memory',
        count: 2,
        hint: expect.stringContaining('smaller batch') as string,
      },
    ]);
  });

  it('goes on counting where it was left', () => {
    const before = tallyFlags({ flags: [] }, []);
    before.seeLine('log', outOfMemory, startedAt);
    const after = tallyFlags({ flags: [] }, before.list());
    after.seeLine('log', 'RuntimeError: HIP out of memory. Tried to allocate 1 GiB', startedAt + 9);
    expect(after.list()).toMatchObject([{ text: outOfMemory, count: 2, firstAt: startedAt, lastAt: startedAt + 9 }]);
  });

  it('on a line that the author has a flag for is told as the author says, once', () => {
    const flags: FlagRule[] = [{ color: 'yellow', pattern: 'out of memory', hint: 'it tries again', expected: true }];
    expect(flagsOf([outOfMemory], { flags })).toEqual([['yellow', outOfMemory, null]]);
  });

  it('can be silenced by its name, or together with all others', () => {
    const lines = [outOfMemory, 'AssertionError: CUDA not available', 'OSError: [Errno 28] No space left on device'];
    expect(flagsOf(lines).map(([, , failure]) => failure)).toEqual(['gpu-memory', 'no-gpu', 'disk-full']);
    expect(flagsOf(lines, { silenced: ['no-gpu', 'disk-full'] }).map(([, , failure]) => failure)).toEqual(['gpu-memory']);
    expect(flagsOf(lines, { silenced: 'all' })).toEqual([]);
  });

  it('that is none is a yellow without a class', () => {
    const warning =
      'UserWarning: Attempting to use hipBLASLt on an unsupported architecture! Overriding blas backend to hipblas (Triggered internally at Context.cpp:314.)';
    expect(flagsOf([warning])).toEqual([['yellow', warning, null]]);
    expect(flagsOf([warning], { silenced: ['hipblaslt'] })).toEqual([]);
  });
});

describe('a known issue', () => {
  const knownIssues = [
    {
      issue: 'ROCm #2153',
      url: 'https://github.com/ROCm/ROCm/issues/2153',
      pattern: 'MEMORY_APERTURE_VIOLATION',
      hint: 'set HSA_OVERRIDE_GFX_VERSION=10.3.0',
    },
  ];
  const line = 'Callback: Queue 0x7f aborting with error : HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION: The agent attempted';

  it('is told when its pattern fires, beside the flag of the failure', () => {
    const tally = tallyFlags({ flags: [], knownIssues }, []);
    tally.seeLine('log', 'all is well', startedAt);
    expect(tally.list()).toEqual([]);
    tally.seeLine('log', line, startedAt);
    expect(tally.list()).toMatchObject([
      { color: 'red', failure: 'rocm-fault' },
      {
        color: 'yellow',
        expected: true,
        hint: 'known issue ROCm #2153, set HSA_OVERRIDE_GFX_VERSION=10.3.0, https://github.com/ROCm/ROCm/issues/2153',
      },
    ]);
  });
});

describe('the kernel log', () => {
  const killed = (pid: number) => `[88.1] Out of memory: Killed process ${pid} (python) total-vm:130GB`;

  it('raises a flag for what it says of the job, once for each line however often it is read', () => {
    const tally = tallyFlags({ flags: [] }, []);
    for (const at of [0, 1, 2]) tally.seeKernelLog(`${killed(4242)}\n${killed(999)}`, new Set([4242]), startedAt + at);
    expect(tally.list()).toMatchObject([{ color: 'red', failure: 'host-memory', text: killed(4242), count: 1 }]);
    const again = tallyFlags({ flags: [] }, tally.list());
    again.seeKernelLog(`${killed(4242)}\n${killed(4243)}`, new Set([4242, 4243]), startedAt + 9);
    expect(again.list()).toMatchObject([{ failure: 'host-memory', text: killed(4242), count: 2 }]);
  });

  it('can be recalled by whoever asks what the job failed of', () => {
    const tally = tallyFlags({ flags: [] }, []);
    tally.seeLine('log', outOfMemory, startedAt);
    tally.seeKernelLog(killed(4242), new Set([4242]), startedAt);
    const recalled = recallKernelLog(tally.list(), startedAt);
    expect(recalled).toEqual({ kernelLog: killed(4242), pids: [4242] });
    expect(classifyFailure({ exitCode: 137, logTail: '', ...recalled }).class).toBe('host-memory');
    expect(recallKernelLog(tally.list(), startedAt + 1)).toEqual({ kernelLog: null, pids: [] });
  });
});

describe('a flag of a metric source', () => {
  const flags: FlagRule[] = [
    { color: 'red', pattern: 'watchdog_dump', hint: 'the trainer hangs', expected: false, in: 'heartbeat' },
    { color: 'yellow', pattern: 'slow', hint: null, expected: false },
  ];

  it('looks at the lines of that source as they stand, and at no others', () => {
    const tally = tallyFlags({ flags }, []);
    tally.seeLine('log', 'watchdog_dump is armed', startedAt);
    tally.seeLine('heartbeat', '{"msg": "slow"}', startedAt);
    tally.seeLine('heartbeat', `{"msg": "${outOfMemory}"}`, startedAt);
    expect(tally.list()).toEqual([]);
    tally.seeLine('heartbeat', '{"msg": "watchdog_dump", "step": 0}', startedAt);
    expect(tally.list()).toMatchObject([{ color: 'red', text: '{"msg": "watchdog_dump", "step": 0}' }]);
    expect([tally.watches('heartbeat'), tally.watches('training')]).toEqual([true, false]);
  });
});
