import type { YamlPath } from '../../yaml.ts';
import type { MonitorAction } from './monitor.ts';
import type { Reader } from '../reader.ts';
import type { ActionFile } from './monitor-schema.ts';
import { partAt } from '../sections.ts';

/** Reads what is done about a verdict, and reports what the playbook gives no means for. */
export type ReadActions = (path: YamlPath, actions: readonly ActionFile[]) => MonitorAction[];

const defaultTimeout = '10m';
const needs = { 'stack-dump': 'launch.stack-dump', 'checkpoint-now': 'launch.checkpoint-now' } as const;
/** Each ends the attempt: one of them is all that can follow. */
const ending = ['restart', 'fallback', 'halt', 'give-up'] as const;

export function actionReader(reader: Reader, playbook: unknown): ReadActions {
  return (path, actions) => {
    const last = ending.filter((action) => actions.includes(action));
    if (last.length > 1)
      reader.report(path, `expected one of "restart", "fallback", "halt" and "give-up", got ${last.join(' and ')}`);
    return actions.map((action, index) => {
      if (typeof action === 'object') {
        const timeoutSeconds = reader.duration([...path, index, 'timeout'], action.timeout ?? defaultTimeout);
        return { run: action.run, timeoutSeconds };
      }
      const need = action === 'stack-dump' || action === 'checkpoint-now' ? needs[action] : null;
      if (need !== null && partAt(playbook, ...need.split('.')) === undefined)
        reader.report([...path, index], `"${action}" needs ${need}, which is not there`);
      return action;
    });
  };
}
