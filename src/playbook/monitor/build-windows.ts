import { parseWindow, type Window } from '../../language/window.ts';
import type { YamlPath } from '../../yaml.ts';
import type { Reader } from '../reader.ts';
import { phasesSchema } from './monitor-schema.ts';
import { partAt, take } from '../sections.ts';

/** Windows by the names that the playbook gives them. */
export type Phases = ReadonlyMap<string, Window>;

export interface NamedWindow {
  window: Window;
  /** Where it is one of `monitor.phases`. */
  phase: string | null;
}

const whole: Window = { kind: 'whole' };

export function readPhases(reader: Reader, playbook: unknown): Phases {
  const file = take(phasesSchema, partAt(playbook, 'monitor', 'phases')) ?? {};
  return new Map(
    Object.entries(file).map(([name, text]) => {
      const path = ['monitor', 'phases', name];
      return [name, reader.read(path, () => parseWindow(text), whole)];
    }),
  );
}

export function readWindow(reader: Reader, path: YamlPath, text: string | undefined, phases: Phases): NamedWindow {
  if (text === undefined) return { window: whole, phase: null };
  const phase = /^\s*phase\s+(\S+)\s*$/.exec(text)?.[1];
  if (phase === undefined) return { window: reader.read(path, () => parseWindow(text), whole), phase: null };
  const window = phases.get(phase);
  if (window === undefined) reader.reportUnknown(path, 'phase', phase, [...phases.keys()]);
  return { window: window ?? whole, phase };
}
