import type { Answer, PlannedWaiver } from '../../engine/plan.ts';
import type { RunDocument } from '../../store/run-document.ts';
import type { EventRecord } from '../../store/records.ts';
import type { Plot } from './read-plots.ts';

/** One line of what was expected beside what came. */
export interface Comparison {
  name: string;
  expected: string;
  actual: string;
  /** Null where nothing says whether that is well. */
  met: boolean | null;
}

/** All that is written down of a run. The same in Markdown, on the page and as JSON. */
export interface Report {
  run: RunDocument;
  description: string | null;
  comparisons: Comparison[];
  plots: Plot[];
  /** A value is null where it is a secret, or its name says that it is one. */
  environment: { name: string; value: string | null }[];
  /** What was last found on the host, and when; null when nothing was. */
  facts: { at: string; rows: { name: string; value: string }[] } | null;
  signOffs: ({ check: string; by: string; at: string } & Pick<Answer, 'value' | 'how'>)[];
  waivers: (Pick<PlannedWaiver, 'check' | 'reason' | 'by'> & { at: string })[];
  events: Pick<EventRecord, 'at' | 'kind' | 'text'>[];
}
