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

/** One redrawn line on a terminal; elsewhere a plain line every 5 %, or when nothing else was said for ten seconds. */
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
  let wroteAt = clock.monotonic();
  let shown: { line: string; fraction: number | null } = { line: '', fraction: null };
  const write = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    output.write(`${lines.join('\n')}\n`);
    wroteAt = clock.monotonic();
  };
  return {
    show(run) {
      const line = renderProgressLine(run, screen);
      const fraction = fractionOf(run);
      const isQuiet = clock.monotonic() - wroteAt >= quietMs;
      const hasMoved = fraction !== null && (shown.fraction === null || fraction - shown.fraction >= telling);
      if (line === shown.line || (!isQuiet && !hasMoved)) return;
      write([line]);
      shown = { line, fraction };
    },
    note: write,
    close: () => undefined,
  };
}
