import { appendFileSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';

/** Adds a line to what `dmesg` of this machine shows, at the time of this computer's clock since boot. */
export function addToKernelLog(pretendDir: string, text: string): void {
  appendFileSync(fileOf(pretendDir), formatLine(uptime(), text));
}

export function readKernelLog(pretendDir: string): string {
  return bootLines + readIfThere(fileOf(pretendDir));
}

/** As the OOM killer writes of a process that it ends. */
export function describeKilledForMemory(pid: number, residentMiB: number): string[] {
  const name = 'python3';
  const kilobytes = residentMiB * 1024;
  const uid = process.getuid?.() ?? 0;
  return [
    `${name} invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0`,
    `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=${name},pid=${pid},uid=${uid}`,
    `Out of memory: Killed process ${pid} (${name}) total-vm:${kilobytes * 2}kB, anon-rss:${kilobytes}kB, file-rss:0kB, shmem-rss:0kB, UID:${uid} pgtables:${Math.round(kilobytes / 512)}kB oom_score_adj:0`,
  ];
}

/** As NVIDIA's driver writes of an error of the card's memory, which no program can mend. `busId`: as nvidia-smi has it. */
export function describeCardMemoryError(busId: string, pid: number): string[] {
  const device = `PCI:${busId.slice(4).toLowerCase().replace(/\.\d$/, '')}`;
  const who = `pid=${pid}, name=python3`;
  return [
    `NVRM: Xid (${device}): 48, ${who}, DBE (double bit error): at physical address 0x3f1c2d4e80, partition 6, subpartition 1`,
    `NVRM: Xid (${device}): 94, ${who}, Contained: CE User Channel (0x9). RST: No, D-RST: No`,
  ];
}

const bootLines = [
  'Linux version 6.8.0-pretend (nobody@nowhere) #1 SMP PREEMPT_DYNAMIC',
  'Command line: BOOT_IMAGE=/vmlinuz root=/dev/pretend ro quiet',
]
  .map((text) => formatLine(0, text))
  .join('');

function formatLine(seconds: number, text: string): string {
  return `[${seconds.toFixed(6).padStart(12)}] ${text}\n`;
}

function fileOf(pretendDir: string): string {
  return join(pretendDir, 'kernel.log');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}
