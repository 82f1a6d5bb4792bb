import type { Clock } from '../clock.ts';
import { isResult, type Verdict } from '../lifecycle/states.ts';
import type { RunDocument } from '../store/run-document.ts';
import type { EventRecord } from '../store/records.ts';
import type { RunNews } from './follow-run.ts';
import { writeTrouble } from './output.ts';
import { createProgressDisplay } from './progress-display.ts';
import { renderChecks, renderVerdict } from './render/checks.ts';
import { renderEvents } from './render/events.ts';
import { hostsOf } from './render/run-words.ts';
import type { Screen } from './screen.ts';

/** How runs that this process drives are shown while they go on. */
export interface RunDisplay {
  show(news: RunNews): void;
  /** What is in no event, and must be known at once. */
  tell(text: string): void;
  /** Whether this was just said, where the answer will be read too. */
  hasSaid(text: string): boolean;
  close(): void;
}

export interface RunDisplayOptions {
  screen: Screen;
  clock: Pick<Clock, 'monotonic'>;
  /** Every event is then headed by its host, and there is no progress line. */
  several: boolean;
  /** Whether answers and progress are read in one place: events that the answer tells again are left out then. */
  together: boolean;
  answer: (lines: readonly string[]) => void;
}

const rememberedEvents = 20;
const preflight: readonly string[] = ['requirements', 'prepare', 'validate'];

/** Shows no run: trouble alone is told. */
export const silentDisplay: RunDisplay = {
  show: () => undefined,
  tell: (text) => writeTrouble([text]),
  hasSaid: () => false,
  close: () => undefined,
};

/** Events as they come, the GO / NO-GO table where there is a verdict, and below them the progress of the run. */
export function createRunDisplay(options: RunDisplayOptions): RunDisplay {
  const { screen, several, together } = options;
  const progress = createProgressDisplay(process.stderr, screen, options.clock);
  let said: string[] = [];
  const note = (run: RunDocument, events: readonly EventRecord[]) => {
    said = [...said, ...events.map(({ text }) => text)].slice(-rememberedEvents);
    const head = several ? `${hostsOf(run)}: ` : '';
    progress.note(renderEvents(events, screen).map((line) => head + line));
  };
  return {
    show({ run, events }) {
      const kept = together ? events.filter((event) => !isToldByAnswer(run, event)) : events;
      let shown = 0;
      for (const [index, event] of kept.entries()) {
        const verdict = readVerdict(event);
        if (verdict === null) continue;
        note(run, kept.slice(shown, together ? index : index + 1));
        shown = index + 1;
        progress.close();
        options.answer([...(several ? [`${hostsOf(run)}:`] : []), ...renderDecision(run, verdict, screen)]);
      }
      note(run, kept.slice(shown));
      if (!several && !isResult(run.state)) progress.show(run);
    },
    tell: (text) => progress.note([screen.paint('yellow', text)]),
    hasSaid: (text) => together && said.some((line) => line.endsWith(text)),
    close: () => progress.close(),
  };
}

/** What was looked at before the verdict; of a launch that was stopped after its GO, what stopped it. */
function renderDecision(run: RunDocument, verdict: Verdict, screen: Screen): string[] {
  const stoppedLate = verdict !== 'GO' ? run.checks.filter(({ phase, result }) => phase === 'launch' && result !== 'pass') : [];
  const checks = stoppedLate.length > 0 ? stoppedLate : run.checks.filter(({ phase }) => preflight.includes(phase));
  return [...renderChecks(checks, screen), ...renderVerdict(verdict, checks, screen)];
}

/** Rows of the table to come, and the end that the outcome tells. */
function isToldByAnswer(run: RunDocument, event: EventRecord): boolean {
  if (event.kind === 'check-settled') return preflight.includes(String(detailOf(event)['phase']));
  return isResult(run.state) && (event.text === run.state || event.text === run.message?.split('\n')[0]);
}

function readVerdict(event: EventRecord): Verdict | null {
  const { verdict } = detailOf(event);
  return verdict === 'GO' || verdict === 'NO-GO' || verdict === 'GO-WITH-WAIVER' ? verdict : null;
}

function detailOf({ detail }: EventRecord): Record<string, unknown> {
  return typeof detail === 'object' && detail !== null ? { ...detail } : {};
}
