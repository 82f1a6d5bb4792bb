import type { YamlPath } from '../../yaml.ts';
import { placeEntries, type Finding, type Planned } from './finding.ts';
import { commandRules } from './command-rules.ts';
import { findHiddenStatus, findLeftBehind } from './command-ends.ts';
import { meetCommands } from './shell/visit.ts';

/** Text that an author gives to a shell. */
interface ShellText {
  path: YamlPath;
  text: string;
  role: 'setup' | 'entry' | 'job';
  /** Whether its exit status alone says how it went. */
  counts: boolean;
}

/** Habits of the command line that do harm where nobody sits in front of it. Each is told once for each text. */
export function lintCommands(planned: Planned): Finding[] {
  const beforehand = new Set<string>();
  meetCommands(planned.setup, beforehand);
  return listTexts(planned).flatMap(({ path, text, role, counts }) => {
    const met = meetCommands(text, new Set(role === 'setup' ? [] : beforehand));
    const habits = commandRules.filter(({ test }) => met.some((one) => test(one)));
    const hidden = counts ? findHiddenStatus(met) : null;
    const leftBehind = role === 'job' ? findLeftBehind(met) : null;
    return [...habits, hidden, leftBehind].flatMap((rule) =>
      rule === null ? [] : [{ path, message: rule.message, suggestion: rule.suggestion }],
    );
  });
}

function listTexts(planned: Planned): ShellText[] {
  const { setup, launch } = planned;
  const entries = placeEntries(planned, ['prepare', 'validate', 'verify', 'rollback']);
  return [
    { path: ['setup'], text: setup, role: 'setup', counts: false },
    ...entries.flatMap(({ path, entry: { kind, deed } }): ShellText[] => {
      if (deed.kind !== 'run') return [];
      const { exit, stdout, stderr } = deed.expect;
      const counts = kind === 'check' && exit === 0 && stdout === null && stderr === null;
      return [{ path: [...path, 'run'], text: deed.command, role: 'entry', counts }];
    }),
    ...(launch === null ? [] : [{ path: ['launch', 'run'], text: launch.command, role: 'job' as const, counts: true }]),
  ];
}
