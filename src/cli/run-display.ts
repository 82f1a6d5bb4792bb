import type { Clock } from '../clock.ts';
import type { RunDocument } from '../store/run-document.ts';
import type { RunNews } from './follow-run.ts';
import { createProgressDisplay } from './progress-display.ts';
import { renderChecks, renderVerdict } from './render/checks.ts';
import { renderEvents } from './render/events.ts';
import { hostsOf } from './render/run-words.ts';
import type { Screen } from './screen.ts';

/** How runs that this process drives are shown while they go on. */
export interface RunDisplay {
  show(news: RunNews): void;
  close(): void;
}

export const silentDisplay: RunDisplay = { show: () => undefined, close: () => undefined };

/**
 * Events as they come, the GO / NO-GO table once there is a verdict, and the progress of the run; of several runs every line is headed by its host, and
 * there is no progress line.
 */
export function createRunDisplay(
  options: { screen: Screen; clock: Pick<Clock, 'monotonic'>; several: boolean },
  answer: (lines: readonly string[]) => void,
): RunDisplay {
  const progress = createProgressDisplay(process.stderr, options.screen, options.clock);
  const decided = new Set<string>();
  const head = (run: RunDocument, lines: readonly string[]) =>
    options.several ? lines.map((line) => `${hostsOf(run)}: ${line}`) : lines;
  return {
    show({ run, events }) {
      progress.note(head(run, renderEvents(events, options.screen)));
      if (run.verdict !== null && !decided.has(run.id)) {
        decided.add(run.id);
        progress.close();
        answer(head(run, [...renderChecks(run.checks, options.screen), ...renderVerdict(run, options.screen)]));
      }
      if (!options.several && run.startedAt !== null && run.endedAt === null) progress.show(run);
    },
    close: () => progress.close(),
  };
}
