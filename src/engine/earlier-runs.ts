import { compileCriterion } from '../language/criterion.ts';
import { exitCodes, FleetError } from '../errors.ts';
import type { Monitor } from '../playbook/monitor/monitor.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { EarlierRun, Plan } from './plan.ts';

type Wanted = NonNullable<Monitor['earlierRuns']>[number];
type Runs = Pick<Store, 'findRuns' | 'listRuns' | 'readSamples'>;

const mostSteps = 2_000;

/** The plan with the figures of the runs that it is compared with, so that a resume compares with the same ones. */
export function withEarlierRuns(store: Runs, plan: Plan): Plan {
  const wanted = plan.playbook.monitor?.earlierRuns ?? [];
  if (wanted.length === 0) return plan;
  return { ...plan, earlierRuns: wanted.map((each) => readEarlierRun(store, plan, each)) };
}

function readEarlierRun(store: Runs, plan: Plan, wanted: Wanted): EarlierRun {
  const { name, metric } = wanted;
  const run = findRun(store, plan.playbook.name, wanted);
  if (run === null) return { name, run: null, rows: [] };
  const columns = columnsOf(plan, name);
  const bySteps = new Map<number, EarlierRun['rows'][number]>();
  let every = 1;
  for (const { step, at, columns: cells } of store.readSamples(run.id, metric)) {
    if (step === null || step % every !== 0) continue;
    const kept = Object.entries(cells).filter(([column]) => columns.has(column));
    bySteps.set(step, { step, at, columns: { ...bySteps.get(step)?.columns, ...Object.fromEntries(kept) } });
    while (bySteps.size > mostSteps) {
      every *= 2;
      for (const known of bySteps.keys()) if (known % every !== 0) bySteps.delete(known);
    }
  }
  return { name, run: run.id, rows: [...bySteps.values()].sort((a, b) => a.step - b.step) };
}

/** Null: none of this playbook has succeeded yet. */
function findRun(store: Runs, playbook: string, { run }: Wanted): RunRecord | null {
  if (run === 'last succeeded') {
    const isOne = (record: RunRecord) =>
      record.playbook === playbook && record.kind === 'launch' && record.outcome?.result === 'succeeded';
    return store.listRuns(null).find(isOne) ?? null;
  }
  const [found, ...others] = store.findRuns(run);
  if (found !== undefined && others.length === 0) return found;
  const problem = found === undefined ? 'is not known' : `may be each of ${[found, ...others].map(({ id }) => id).join(', ')}`;
  throw new FleetError(`the run ${JSON.stringify(run)}, with which this one is compared, ${problem}`, {
    code: 'no-such-run',
    exit: exitCodes.usage,
    suggestions: ['fleet status --all lists the runs of this computer', 'run: last succeeded takes the newest of this playbook'],
  });
}

/** Of the series that the criteria read, under each of their names. */
function columnsOf({ playbook: { monitor } }: Plan, name: string): Set<string> {
  const series = (monitor?.criteria ?? []).flatMap(({ expr }) => {
    const compiled = compileCriterion(expr);
    return compiled.ok ? compiled.expression.series.filter(({ source }) => source === name) : [];
  });
  return new Set(series.flatMap(({ column }) => [column, ...(monitor?.aliases?.[`${name}.${column}`] ?? [])]));
}
