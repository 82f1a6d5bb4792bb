import { compilePattern, type Pattern } from '../language/pattern.ts';
import { formatDuration } from '../language/units.ts';
import type { Problem } from '../problem.ts';
import { sortProblems, type YamlDocument, type YamlPath } from '../yaml.ts';
import type { Built } from './build-playbook.ts';
import { lintGuard } from './lint-guard.ts';
import type { Scalar } from './fields.ts';
import type { Work } from './playbook.ts';
import { assemblePlaybook, type Playbook } from './read-playbook.ts';

/** What is likely not meant, though it can be run: warnings and notes, never errors. Params without a given value have their default. */
export function lintPlaybook(playbook: Playbook, params: Readonly<Record<string, Scalar>> = {}): Problem[] {
  const { document } = playbook;
  const defaults = Object.entries(playbook.params).map(([name, param]) => [name, param.default ?? undefined] as const);
  const { built } = assemblePlaybook(document, { ...Object.fromEntries(defaults), ...params });
  return sortProblems([
    ...lintWork(document, built.work),
    ...lintCommands(document, built),
    ...lintLaunch(document, built),
    ...lintGuard(document, built),
  ]);
}

/** Steps times tokens over throughput, against the duration that the author states. */
function lintWork(document: YamlDocument, work: Work | null): Problem[] {
  const { steps, tokensPerStep, throughput, duration } = work ?? {};
  if (!steps || !tokensPerStep || !throughput?.low || !throughput.high || !duration) return [];
  const tokens = steps * tokensPerStep;
  const [shortest, longest] = [tokens / throughput.high, tokens / throughput.low];
  const fits = (duration.high === null || shortest <= duration.high) && (duration.low === null || longest >= duration.low);
  if (fits) return [];
  const sum = `${steps} steps of ${tokensPerStep} tokens at ${throughput.text} tokens/s take ${describeSpan(shortest, longest)}`;
  return [
    document.problem(['work', 'duration'], `${sum}, and the duration is given as ${duration.text}`, { severity: 'warning' }),
  ];
}

function describeSpan(low: number, high: number): string {
  const day = 86_400;
  if (low < 2 * day) return `${formatDuration(low)} to ${formatDuration(high)}`;
  return `${Math.round(low / day)} to ${Math.round(high / day)} days`;
}

function lintCommands(document: YamlDocument, built: Built): Problem[] {
  const commands: { path: YamlPath; text: string }[] = [];
  for (const phase of ['prepare', 'validate', 'verify'] as const) {
    built[phase].forEach(({ deed }, index) => {
      if (deed.kind === 'run') commands.push({ path: [phase, index, 'run'], text: deed.command });
    });
  }
  if (built.launch !== null) commands.push({ path: ['launch', 'run'], text: built.launch.command });
  return commands.flatMap(({ path, text }) =>
    commandRules
      .filter(({ pattern, unless }) => pattern.test(text) && unless?.test(`${built.setup}\n${text}`) !== true)
      .map(({ message, suggestion }) => document.problem(path, message, { severity: 'warning', suggestion })),
  );
}

interface CommandRule {
  pattern: Pattern;
  unless?: Pattern;
  message: string;
  suggestion: string;
}

const commandRules: CommandRule[] = [
  {
    pattern: knownPattern('\\|\\s*tee\\b'),
    unless: knownPattern('\\bpipefail\\b'),
    message: '"| tee" hides the exit status of what stands before it',
    suggestion: 'run it under bash with "set -o pipefail", or leave the copying to the log',
  },
  {
    pattern: knownPattern('(^|[\\s;&|(])(pkill|killall)\\s'),
    message: 'a kill by name also ends the same program of others',
    suggestion: 'use an action with "halt-stale", which ends only what is ours',
  },
];

function lintLaunch(document: YamlDocument, built: Built): Problem[] {
  const { launch, env } = built;
  if (launch === null) return [];
  const problems: Problem[] = [];
  const warn = (path: YamlPath, message: string, suggestion: string, severity: Problem['severity'] = 'warning') =>
    problems.push(document.problem(path, message, { severity, suggestion }));
  if (background.test(launch.command)) {
    warn(
      ['launch', 'run'],
      'a command in the background ends at once, and so does the job',
      'let it run in the foreground: fleet detaches it',
    );
  }
  const last = launch.halt.then.at(-1);
  if (last === undefined || !('signal' in last) || last.signal !== 'KILL') {
    warn(['launch', 'halt', 'then'], 'a job that ignores these signals is never stopped', 'end with KILL');
  }
  if (launch.proveEnv === null && env.some(({ critical }) => critical)) {
    warn(['launch'], 'critical variables are not looked for in the started process', 'add "prove-env"', 'note');
  }
  return problems;
}

const background = knownPattern('\\bnohup\\b|[^&>]&\\s*$');

function knownPattern(source: string): Pattern {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.pattern;
}
