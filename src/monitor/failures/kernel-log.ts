import type { FailureClass } from '../../lifecycle/failure-classes.ts';

/** Faults that the program brought about, and those of the GPU, its memory, its links or its driver. Of others nothing is said. */
const applicationXids = [13, 31, 43, 45];
const hardwareXids = [48, 63, 64, 74, 79, 94, 95, 119];

const kernelClasses: readonly FailureClass[] = ['host-memory', 'xid-application', 'xid-hardware'];

export interface KernelFinding {
  class: FailureClass;
  text: string;
}

/** What the kernel says of these processes. A fault that names another process is another's. */
export function readKernelLog(log: string, pids: ReadonlySet<number>): KernelFinding[] {
  return log.split('\n').flatMap((line): KernelFinding[] => {
    const text = line.trim();
    const killed = /\bout of memory: Kill(?:ed)? process (\d+)/i.exec(text);
    if (killed !== null) return pids.has(Number(killed[1])) ? [{ class: 'host-memory', text }] : [];
    const fault = /NVRM: Xid \([^)]*\): (\d+)(?:, pid='?(\d+))?/.exec(text);
    if (fault === null || (fault[2] !== undefined && !pids.has(Number(fault[2])))) return [];
    const number = Number(fault[1]);
    if (hardwareXids.includes(number)) return [{ class: 'xid-hardware', text }];
    return applicationXids.includes(number) ? [{ class: 'xid-application', text }] : [];
  });
}

/** A flag, as far as it matters here. */
interface Laid {
  text: string;
  failure?: FailureClass | null;
  lastAt: number;
}

/** What was laid on a job since a time, for whoever asks what it failed of: kernel lines, and the processes that they name. */
export function recallKernelLog(flags: readonly Laid[], since: number): { kernelLog: string | null; pids: number[] } {
  const lines = flags
    .filter(({ failure, lastAt }) => lastAt >= since && kernelClasses.includes(failure ?? 'unknown'))
    .map(({ text }) => text);
  const pids = lines.flatMap((line) => Array.from(line.matchAll(/\b(?:process |pid='?)(\d+)/g), ([, pid]) => Number(pid)));
  return { kernelLog: lines.length === 0 ? null : lines.join('\n'), pids };
}
