import type { Accelerator, AcceleratorAnswer } from '../../src/facts/accelerators.ts';
import type { Facts } from '../../src/facts/facts.ts';

/** The answer of a host to the accelerator question, from what the tool printed. */
export function writeAnswer(answers: Record<string, { text: string; exitCode?: number }>): string {
  return Object.entries(answers)
    .map(([name, { text, exitCode = 0 }]) => `fleet-section-begin ${name}\n${text}\nfleet-section-end ${exitCode}\n`)
    .join('');
}

export function acceleratorOf(more: Partial<Accelerator> = {}): Accelerator {
  return {
    vendor: 'nvidia',
    model: 'NVIDIA A100 80GB PCIe',
    index: 0,
    uuid: 'GPU-5e1c0000-0000-0000-0000-000000000000',
    memoryBytes: 81_920 * 2 ** 20,
    memoryUsedBytes: 4 * 2 ** 20,
    utilization: 0,
    temperature: 34,
    power: 45.1,
    driver: '535.183.01',
    runtime: '12.2',
    chip: null,
    busId: null,
    note: null,
    sliced: false,
    healthy: true,
    processes: [],
    ...more,
  };
}

export function found(...accelerators: Accelerator[]): AcceleratorAnswer {
  return { kind: 'found', accelerators, problems: [] };
}

export function factsOf(more: Partial<Facts> = {}): Facts {
  return {
    accelerators: found(acceleratorOf(), acceleratorOf({ index: 1 })),
    hostname: 'prime1',
    bootId: '0b7d4f2e-1111-4222-8333-444455556666',
    os: 'Ubuntu 22.04.4 LTS',
    kernel: 'Linux 5.15.0-105-generic',
    architecture: 'x86_64',
    cpuCount: 64,
    cpuModel: 'AMD EPYC 7543 32-Core Processor',
    uptimeSeconds: 86_400,
    limits: { openFiles: 1024, processes: null, lockedMemoryBytes: 65_536 },
    clock: { first: null, last: null },
    clockOffset: null,
    memoryBytes: 503 * 2 ** 30,
    memoryAvailableBytes: 480 * 2 ** 30,
    diskFreeBytes: 500e9,
    disks: [{ path: '.', freeBytes: 500e9, totalBytes: 1e12, freeInodes: 1e6, totalInodes: 2e6 }],
    python: '3.10.12',
    tools: { git: '/usr/bin/git' },
    git: '2.39.2',
    endpoints: {},
    problems: [],
    ...more,
  };
}
