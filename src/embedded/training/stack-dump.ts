import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes what faulthandler would write on SIGUSR1, and returns the file. */
export function writeStackDump(outDir: string, rank: number, script: string, nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:]/g, '').slice(0, 15);
  const path = join(outDir, `stackdump_${rank}_${time}.txt`);
  const lines = [
    `Current thread 0x00007f0000000000 (most recent call first) [pretend, rank ${rank}, pid ${process.pid}]:`,
    `  File "${script}", line 412 in train_step`,
    `  File "${script}", line 598 in main`,
    `  File "${script}", line 640 in <module>`,
  ];
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { flag: 'a' });
  return path;
}
