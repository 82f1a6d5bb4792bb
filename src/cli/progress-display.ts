import type { Clock } from '../clock.ts';
import type { RunDocument } from '../store/run-document.ts';
import { fractionOf, renderProgressLine } from './render/progress-line.ts';
import type { Screen } from './screen.ts';

const quietMs = 10_000;
const telling = 0.05;

/** How a run is followed on stderr. */
export interface ProgressDisplay {
  show(run: RunDocument): void;
  /** Lines that stay, above the progress. */
  note(lines: readonly string[]): void;
  /** Takes the progress line away. */
  close(): void;
}

interface Output {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** One redrawn line on a terminal; elsewhere a plain line every ten seconds at most, or every 5 %. */
export function createProgressDisplay(output: Output, screen: Screen, clock: Pick<Clock, 'monotonic'>): ProgressDisplay {
  return output.isTTY === true ? createLiveLine(output, screen) : createPlainLines(output, screen, clock);
}

function createLiveLine(output: Output, screen: Screen): ProgressDisplay {
  const erase = '\r\u001b[K';
  let shown = '';
  return {
    show(run) {
      const line = renderProgressLine(run, screen);
      if (line === shown) return;
      shown = line;
      output.write(erase + line);
    },
    note(lines) {
      if (lines.length === 0) return;
      output.write(`${shown === '' ? '' : erase}${lines.join('\n')}\n${shown}`);
    },
    close() {
      if (shown !== '') output.write(erase);
      shown = '';
    },
  };
}

function createPlainLines(output: Output, screen: Screen, clock: Pick<Clock, 'monotonic'>): ProgressDisplay {
  let last: { at: number; fraction: number; line: string } | null = null;
  return {
    show(run) {
      const line = renderProgressLine(run, screen);
      const at = clock.monotonic();
      const fraction = fractionOf(run) ?? 0;
      if (last !== null && (line === last.line || (at - last.at < quietMs && fraction - last.fraction < telling))) return;
      last = { at, fraction, line };
      output.write(`${line}\n`);
    },
    note(lines) {
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
    },
    close() {
      last = null;
    },
  };
}
