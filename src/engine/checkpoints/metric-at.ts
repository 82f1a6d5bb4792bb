import { setImmediate } from 'node:timers/promises';
import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';
import type { Known } from './known.ts';
import { newestFirst } from './rules.ts';

const rowsAtOnce = 1_000;
/** A row of the very step may come later than the checkpoint: it is looked for as long as that is one of so many last ones. */
const stillAwaited = 3;

/** Records with each checkpoint the metric of its very step. */
export function watchMetrics(drive: Drive, rules: CheckpointRules, known: Known): { record(): Promise<void> } {
  const asked = new Set<string>();
  return {
    async record() {
      const settled = newestFirst(known.all().filter(({ state }) => state === 'complete' || state === 'valid'));
      const wanted = settled.filter(
        ({ path, step, metric }, index) => step !== null && metric === null && (index < stillAwaited || !asked.has(path)),
      );
      for (const { path } of wanted) asked.add(path);
      const found = await findMetrics(drive, rules, wanted);
      for (const before of wanted) {
        const metric = found.get(before.step ?? -1);
        const record = known.all().find(({ path }) => path === before.path);
        if (metric !== undefined && record?.step === before.step) known.record({ record: { ...record, metric }, text: null });
      }
    },
  };
}

/** By step, where a row of that step has come. Others are served between the rows: there may be a day of them. */
async function findMetrics(
  drive: Drive,
  { best = null }: CheckpointRules,
  wanted: readonly CheckpointRecord[],
): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  if (best === null || wanted.length === 0) return found;
  const steps = new Set(wanted.map(({ step }) => step));
  let rows = 0;
  for (const { step, columns } of drive.parts.store.readSamples(drive.actor.run, best.source)) {
    if (++rows % rowsAtOnce === 0) await setImmediate();
    const value = columns[best.column];
    if (step !== null && steps.has(step) && typeof value === 'number') found.set(step, value);
  }
  return found;
}
