import { unknownAccelerator, type Accelerator, type AcceleratorAnswer } from '../../src/facts/accelerators.ts';
import type { Facts } from '../../src/facts/facts.ts';

export interface ToolAnswer {
  text: string;
  exitCode?: number;
  late?: boolean;
}

/** The answer of a host, section by section, from what the tools printed. */
export function writeAnswer(answers: Record<string, ToolAnswer | string>): string {
  return Object.entries(answers)
    .map(([name, answer]) => {
      const { text, exitCode = 0, late = false } = typeof answer === 'string' ? { text: answer } : answer;
      return `fleet-section-begin ${name}\n${text}\nfleet-section-end ${exitCode}${late ? ' late' : ''}\n`;
    })
    .join('');
}

export function acceleratorOf(more: Partial<Accelerator> = {}): Accelerator {
  return {
    ...unknownAccelerator('nvidia'),
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
    sliced: false,
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
    tpu: null,
    hostname: 'prime1',
    bootId: '0b7d4f2e-1111-4222-8333-444455556666',
    uptimeSeconds: 86_400.5,
    clock: { offsetSeconds: 0.012, uncertaintySeconds: 0.05 },
    os: 'Ubuntu 22.04.4 LTS',
    kernel: 'Linux 5.15.0-105-generic',
    architecture: 'x86_64',
    cpuModel: 'AMD EPYC 7763 64-Core Processor',
    cpuCount: 64,
    memoryBytes: 503 * 2 ** 30,
    memoryAvailableBytes: 480 * 2 ** 30,
    diskFreeBytes: 500e9,
    disks: [{ path: '.', freeBytes: 500e9, totalBytes: 1e12, freeInodes: 60_000_000, totalInodes: 61_000_000 }],
    limits: { openFiles: 1024, lockedMemoryBytes: 'unlimited', processes: 2_062_000 },
    python: '3.10.12',
    git: '2.34.1',
    tools: { git: '/usr/bin/git', 'nvidia-smi': '/usr/bin/nvidia-smi', ffmpeg: null },
    network: [],
    problems: [],
    ...more,
  };
}
