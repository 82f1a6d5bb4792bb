import { rfc3339, type Moment } from '../../clock.ts';
import { planInProfile, type Plan } from '../../engine/plan.ts';
import { readPlan } from '../../engine/read-plan.ts';
import type { Facts } from '../../facts/facts.ts';
import { mayNameSecret } from '../../language/secret-name.ts';
import { formatSize } from '../../language/units.ts';
import type { EnvVariable } from '../../playbook/playbook.ts';
import { readRunDocument } from '../../store/run-document.ts';
import type { RunRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { readLastEvents } from '../follow-run.ts';
import { compareFigures } from './compare.ts';
import { readPlots } from './read-plots.ts';
import type { Report } from './report.ts';

/** A timeline of more is no reading for people; the newest are kept. */
const mostEvents = 10_000;

export function readReport(store: Store, run: RunRecord, moment: Moment): Report {
  return store.snapshot(() => {
    const plan = planInProfile(readPlan(run.plan), run.profile);
    const document = readRunDocument(store, run, moment);
    return {
      run: document,
      description: plan.playbook.description,
      comparisons: compareFigures(document, plan.playbook),
      plots: readPlots(store, run.id, plan.playbook),
      environment: plan.playbook.env.map(describeVariable),
      facts: readFacts(store, document),
      signOffs: listSignOffs(plan),
      waivers: plan.waivers.map(({ check, reason, by, at }) => ({ check, reason, by, at: rfc3339(at) })),
      events: readLastEvents(store, run.id, mostEvents),
    };
  });
}

function describeVariable({ name, value }: EnvVariable): Report['environment'][number] {
  return { name, value: 'text' in value && !mayNameSecret(name) ? value.text : null };
}

function listSignOffs({ answers }: Plan): Report['signOffs'] {
  return Object.entries(answers).map(([check, { value, by, at, how }]) => ({ check, value, by, at: rfc3339(at), how }));
}

function readFacts(store: Store, { workers: [worker] }: Report['run']): Report['facts'] {
  const seen = worker === undefined ? null : store.readFacts(worker.host, worker.index);
  if (seen === null) return null;
  const facts = seen.facts as Partial<Facts>;
  const size = (bytes: number | null | undefined) => (bytes == null ? null : formatSize(bytes));
  const rows: [name: string, value: string | number | null | undefined][] = [
    ['host name', facts.hostname],
    ['system', facts.os],
    ['kernel', facts.kernel],
    ['processors', facts.cpuCount == null ? null : `${facts.cpuCount} × ${facts.cpuModel ?? 'unknown'}`],
    ['memory', size(facts.memoryBytes)],
    ['free on the disk', size(facts.diskFreeBytes)],
    ['python', facts.python],
    ...describeAccelerators(facts),
  ];
  return { at: rfc3339(seen.at), rows: rows.flatMap(([name, value]) => (value == null ? [] : [{ name, value: String(value) }])) };
}

function describeAccelerators({ accelerators }: Partial<Facts>): [string, string | null][] {
  if (accelerators === undefined) return [];
  if (accelerators.kind !== 'found') return [['accelerators', accelerators.kind]];
  return accelerators.accelerators.map(({ index, vendor, model, memoryBytes, driver }) => [
    `accelerator ${index ?? '?'}`,
    [model ?? vendor, memoryBytes === null ? null : formatSize(memoryBytes), driver === null ? null : `driver ${driver}`]
      .filter((part) => part !== null)
      .join(', '),
  ]);
}
