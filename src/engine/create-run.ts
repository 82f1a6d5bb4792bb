import { withEarlierRuns } from './earlier-runs.ts';
import type { EngineParts } from './parts.ts';
import { describeRun, type Plan } from './plan.ts';

/** The intent, durable before the first byte is sent anywhere. */
export function createRun(parts: Pick<EngineParts, 'store' | 'clock'>, plan: Plan): void {
  const at = parts.clock.now();
  const hosts = plan.hosts.map(({ name }) => name).join(', ');
  parts.store.createRun(describeRun(withEarlierRuns(parts.store, plan), at), {
    at,
    kind: 'state',
    text: `queued: ${plan.kind} ${plan.playbook.name}${plan.point === null ? '' : `/${plan.point}`} on ${hosts}`,
  });
}
