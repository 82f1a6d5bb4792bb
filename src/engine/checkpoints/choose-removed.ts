import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import { bestFirst, isTrusted, newestFirst } from './rules.ts';

/**
 * What `keep` lets go: neither the last ones nor the best ones, whole as far as fleet has seen, with a copy where one is asked for. Never the newest
 * that can be gone on from, and never one whose name tells no step: it is written again.
 */
export function chooseRemoved(rules: CheckpointRules, records: readonly CheckpointRecord[]): CheckpointRecord[] {
  const { keep = null, backUp = null } = rules;
  if (keep === null) return [];
  const trusted = newestFirst(records.filter((record) => isTrusted(rules, record)));
  const kept = new Set([...trusted.slice(0, keep.last), ...bestFirst(rules, trusted).slice(0, keep.best)]);
  return trusted.filter((record) => !kept.has(record) && record.step !== null && (backUp === null || record.backUp !== null));
}
