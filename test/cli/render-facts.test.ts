import { describe, expect, it } from 'vitest';
import type { FactsDocument } from '../../src/cli/read-facts.ts';
import { renderFacts } from '../../src/cli/render/facts.ts';
import { listAccelerators } from '../../src/facts/accelerators.ts';
import { acceleratorOf, factsOf, found } from '../facts/facts-support.ts';

const screen = { width: null, paint: (_: string, text: string) => text };

function documentOf(more: Parameters<typeof factsOf>[0] = {}): FactsDocument {
  const { accelerators, ...facts } = factsOf(more);
  const head = { host: 'prime1', worker: 0, reachable: true, error: null, observedAt: '2026-11-27T10:00:00.000Z' };
  return { ...head, accelerators: listAccelerators(accelerators), acceleratorProblems: [], ...facts };
}

describe('the block of a worker', () => {
  it('tells the machine, its accelerators, what is wrong with them and who is on them', () => {
    const process = { pid: 4242, user: 'mia', command: 'python3 train.py', memoryBytes: 27e9 };
    const ill = acceleratorOf({ index: 1, healthy: false, notes: ['GPU is lost'], processes: null, temperature: null });
    const accelerators = found(acceleratorOf({ processes: [process] }), ill);
    expect(renderFacts([documentOf({ accelerators })], screen)).toEqual([
      'prime1',
      '  machine    prime1, Ubuntu 22.04.4 LTS, Linux 5.15.0-105-generic, x86_64, up 1d',
      '  cpu        AMD EPYC 7763 64-Core Processor, 64 CPUs',
      '  memory     515 GB available of 540 GB',
      '  disk .     500 GB free of 1 TB, 60000000 inodes free',
      '  clock      the same as here, within 50ms',
      '  limits     1024 open files, unlimited locked memory, 2062000 processes',
      '  software   python 3.10.12, git 2.34.1',
      '  tools      git nvidia-smi',
      '  ACCELERATOR           MODEL                   MEMORY     USED  UTIL   TEMP   POWER  DRIVER      RUNTIME',
      '  nvidia 0              NVIDIA A100 80GB PCIe  85.9 GB  4.19 MB   0 %  34 °C  45.1 W  535.183.01  12.2',
      '      pid 4242 of mia, 27 GB: python3 train.py',
      '  nvidia 1, in trouble  NVIDIA A100 80GB PCIe  85.9 GB  4.19 MB   0 %      -  45.1 W  535.183.01  12.2',
      '      GPU is lost',
      '      its processes are not known',
    ]);
  });

  it('shows what is not known as such, never as 0, and what kept it from being known', () => {
    const failed = { kind: 'failed' as const, reason: 'probe-hung' as const, message: 'nvidia-smi did not answer in time' };
    const lines = renderFacts(
      [
        {
          ...documentOf({
            accelerators: failed,
            cpuCount: null,
            python: null,
            clock: { offsetSeconds: -90, uncertaintySeconds: 0.2 },
          }),
          acceleratorProblems: [failed.message],
          problems: [`accelerators: ${failed.message}`, 'python3: nothing said, exit status 3'],
        },
      ],
      screen,
    );
    expect(lines).toContain('  software   python -, git 2.34.1');
    expect(lines).toContain('  clock      1m30s behind, within 200ms');
    expect(lines.slice(-3)).toEqual([
      '  accelerators: not known',
      '  python3: nothing said, exit status 3',
      '  nvidia-smi did not answer in time',
    ]);
  });

  it('of a slice names its number', () => {
    const slice = {
      type: 'v4-64',
      topology: '2x4x4',
      chips: 32,
      chipsPerWorker: 4,
      workers: 8,
      workerIndex: 3,
      zone: 'us-central2-b',
    };
    const tpu = { ...slice, runtime: null, endpoints: [] };
    const lines = renderFacts([{ ...documentOf({ tpu, accelerators: { kind: 'none' } }), worker: 3 }], screen);
    expect(lines[0]).toBe('prime1/3');
    expect(lines).toContain('  slice      v4-64, 2x4x4, 32 chips, worker 3 of 8, us-central2-b');
    expect(lines.at(-1)).toBe('  accelerators: none');
  });
});
