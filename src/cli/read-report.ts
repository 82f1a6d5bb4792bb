import type { Moment } from '../clock.ts';
import { planInProfile } from '../engine/plan.ts';
import { readPlan } from '../engine/read-plan.ts';
import { readRunDocument } from '../store/run-document.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { readLastEvents } from './follow-run.ts';
import type { Report } from './render/report.ts';

/** A timeline of more is no reading for people; the newest are kept. */
const mostEvents = 10_000;

export function readReport(store: Store, run: RunRecord, moment: Moment): Report {
  return store.snapshot(() => ({
    run: readRunDocument(store, run, moment),
    environment: planInProfile(readPlan(run.plan), run.profile).playbook.env.map((variable) => variable.name),
    events: readLastEvents(store, run.id, mostEvents),
  }));
}
