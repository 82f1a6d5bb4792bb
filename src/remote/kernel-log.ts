import { quote } from '../quoting.ts';
import { readLines, UnexpectedAnswer, valuesOf, type RemoteCommand } from './command.ts';
import type { UnitPlace } from './executor.ts';

/** What the kernel has said of killed processes and of GPUs since a unit began, a line each; null where it may not be read. */
export function askKernelLog(run: string, { attempt, worker, unit }: UnitPlace): RemoteCommand<string | null> {
  return {
    name: 'read the kernel log',
    body: `kernel_log "$FLEET_DIR/runs/"${quote(run)}${quote(`/a${attempt}/w${worker}/${unit}`)}`,
    timeoutSeconds: 20,
    mayHang: true,
    parse(answer) {
      const lines = readLines(answer.stdout);
      const last = lines.at(-1);
      if (last?.word !== 'kernel-log') throw new UnexpectedAnswer('read the kernel log', answer);
      return valuesOf(lines, 'kernel-log').includes('unreadable') ? null : valuesOf(lines, 'line').join('\n');
    },
  };
}
