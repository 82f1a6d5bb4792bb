import { describeCondition } from '../../engine/entries/conditions.ts';
import type { Plan } from '../../engine/plan.ts';
import { formatDuration, formatSize } from '../../language/units.ts';
import type { Condition, Deed, Entry, EntryWorkers } from '../../playbook/entries/entry.ts';
import { estimateCost } from '../../playbook/lint/cost.ts';
import type { EnvVariable, ResolvedPlaybook } from '../../playbook/playbook.ts';

/** What a launch would do, with every command of its author as it would be run. A secret is shown as where it comes from. */
export function renderPlan(plan: Plan): string[] {
  const { playbook } = plan;
  const [host] = plan.hosts;
  return [
    `${plan.kind} ${playbook.name} on ${host?.name ?? ''} (dry run: nothing is sent)`,
    ...block(
      'params',
      Object.entries(playbook.params).map(([name, value]) => `${name} = ${value}`),
    ),
    ...block('point', plan.point === null ? [] : [plan.point]),
    ...block('profile', describeProfiles(plan)),
    ...block('workdir', [playbook.workdir]),
    ...block('setup', lines(`${host?.setup ?? ''}\n${playbook.setup}`)),
    ...block('env', playbook.env.map(describeVariable)),
    ...block('source', describeSource(playbook.source)),
    ...block('prepare', playbook.prepare.flatMap(describeEntry)),
    ...block('validate', playbook.validate.flatMap(describeEntry)),
    ...block('launch', playbook.launch === null ? [] : [...lines(playbook.launch.command), `log: ${playbook.launch.log}`]),
    ...block(
      'monitor',
      (playbook.monitor?.criteria ?? []).map(({ name, expr }) => `${name}: ${expr}`),
    ),
    ...block('verify', playbook.verify.flatMap(describeEntry)),
    ...block('rollback', (playbook.rollback ?? []).flatMap(describeEntry)),
    ...block('asked and waived', describeDecisions(plan)),
    ...block('cost', describeCost(plan)),
  ];
}

/** In which one it begins, and what is otherwise in the one that it may fall back to. */
function describeProfiles({ playbook, fallback }: Plan): string[] {
  const { profile = null, fallback: rules } = playbook;
  const change = rules?.change;
  if (profile === null) return [];
  if (!fallback || !change) return [profile];
  const causes = [
    ...change.exits.map((status) => `exit ${status}`),
    ...change.failures,
    ...change.texts.map((text) => `"${text}" in the log`),
  ];
  return [
    profile,
    `falls back to ${change.to}, once, on ${causes.join(' or ')}:`,
    ...describeChanges(playbook, fallback).map((line) => `  ${line}`),
  ];
}

function describeChanges(before: ResolvedPlaybook, after: ResolvedPlaybook): string[] {
  const says = ({ params, env, launch, monitor }: ResolvedPlaybook) => [
    ...Object.entries(params).map(([name, value]) => `${name} = ${value}`),
    ...env.map(describeVariable),
    ...lines(launch?.command ?? ''),
    ...(monitor?.criteria ?? []).map(({ name, expr }) => `${name}: ${expr}`),
  ];
  const known = says(before);
  return says(after).filter((line) => !known.includes(line));
}

function describeCost({ playbook, hosts: [host] }: Plan): string[] {
  if (!host?.cost) return [];
  const estimate = estimateCost(playbook, host.cost);
  return [`${host.cost.perHour} ${host.cost.currency} an hour`, ...(estimate === null ? [] : [estimate.text])];
}

function block(title: string, content: readonly string[]): string[] {
  return content.length === 0 ? [] : [`${title}:`, ...content.map((line) => `  ${line}`)];
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function describeSource(source: Pick<NonNullable<ResolvedPlaybook['source']>, 'branch' | 'commit' | 'clean'> | null): string[] {
  if (source === null) return [];
  const { branch, commit, clean } = source;
  return [
    ...(branch === null ? [] : [`branch ${branch}`]),
    ...(commit === null ? [] : [`commit ${commit}`]),
    ...(clean ? ['no changes'] : []),
  ];
}

function describeVariable({ name, value, critical, optional }: EnvVariable): string {
  const shown =
    'text' in value
      ? value.text
      : 'env' in value.secret
        ? `secret from $${value.secret.env}`
        : `secret from ${value.secret.file}`;
  const marks = [...(critical ? ['critical'] : []), ...(optional ? ['optional'] : [])];
  return `${name}=${shown}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
}

function describeEntry(entry: Entry): string[] {
  return [`${entry.kind}: ${entry.name}`, ...[...describeDeed(entry.deed), ...describeTerms(entry)].map((line) => `  ${line}`)];
}

/** Where it is done, how long it may take, how often it is tried, and what is remembered of it. */
function describeTerms(entry: Entry): string[] {
  const { expectedTimeSeconds, timeoutSeconds, retry, remember, severity, on = 'all', alike = false } = entry;
  const terms = [
    ...(on === 'all' ? [] : [onWhich(on)]),
    ...(alike ? ['the same on every worker'] : []),
    ...(expectedTimeSeconds === null ? [] : [`expected time ${formatDuration(expectedTimeSeconds)}, stopped after twice that`]),
    ...(timeoutSeconds === null ? [] : [`at most ${formatDuration(timeoutSeconds)}`]),
    ...(retry === null ? [] : [`tried ${retry.times} times, ${formatDuration(retry.delaySeconds)} apart`]),
    ...(remember === null ? [] : [`a pass is remembered for the same ${remember.join(' and ')}`]),
    ...(severity === 'warn' ? ['a failure is only told'] : []),
  ];
  return terms.length === 0 ? [] : [`(${terms.join('; ')})`];
}

function onWhich(on: Exclude<EntryWorkers, 'all'>): string {
  if (on === 'each') return 'on one worker after the other';
  return on === 'first' ? 'on the first worker' : `on worker ${on}`;
}

/** Who decides what before anything is begun. */
function describeDecisions({ playbook, answers, waivers }: Plan): string[] {
  const asked = [...playbook.prepare, ...playbook.validate].flatMap(({ name, deed }) => {
    if (deed.kind !== 'question') return [];
    const answer = answers[name];
    return [answer === undefined ? `whoever launches is asked: ${name}` : `${name}: ${answer.value}, by ${answer.by}`];
  });
  return [...asked, ...waivers.map(({ check, reason, by }) => `waived by ${by}: ${check} (${reason})`)];
}

function describeDeed(deed: Deed): string[] {
  switch (deed.kind) {
    case 'run':
      return lines(deed.command);
    case 'accelerators-free':
      return ['no process and no memory in use on any accelerator'];
    case 'config':
      return [`${deed.file}: ${describeConditions(deed.expect)}`];
    case 'files':
      return [[`${deed.glob}: ${deed.count?.text ?? 'at least one'}`, ...describeFiles(deed)].join(', ')];
    case 'git':
      return [`${deed.path}: ${describeSource(deed).join(', ')}${deed.tag === null ? '' : `, tag ${deed.tag}`}`];
    case 'python':
      return Object.entries(deed.packages).map(([name, conditions]) => `${name} ${conditions.join(' or ')}`);
    case 'processes':
      return [`${deed.count.text} processes with "${deed.match}"`];
    case 'environment':
      return [describeConditions(deed.expect)];
    case 'question':
      return [deed.ask];
    case 'halt-stale':
      return [`stop earlier processes of ours with "${deed.match}"`];
    case 'note':
      return [`write what failed to ${deed.path}`];
    case 'quarantine-host':
      return [`quarantine the host: ${deed.reason}`];
    case 'send':
      return [describeSend(deed)];
    case 'checkout':
      return [`check out ${deed.commit} of ${deed.repository} in ${deed.to}`];
    case 'archive':
      return deed.globs.map((glob) => `put away ${glob}`);
  }
}

function describeSend({ from, to, exclude, delete: remove, content }: Extract<Deed, { kind: 'send' }>): string {
  const what =
    content === undefined ? '' : `, ${content.files} ${content.files === 1 ? 'file' : 'files'} of ${formatSize(content.bytes)}`;
  const without = exclude.length === 0 ? '' : `, without ${exclude.join(' ')}`;
  return `send ${from} to ${to}${what}${without}${remove ? '; what else is there is removed' : ''}`;
}

function describeFiles({ size, age, sha256 }: Extract<Deed, { kind: 'files' }>): string[] {
  return [
    ...(size === null ? [] : [`of ${size.text}`]),
    ...(age === null ? [] : [`written ${age.text} ago`]),
    ...(sha256 === null ? [] : [`with the SHA-256 ${sha256}`]),
  ];
}

function describeConditions(expect: Readonly<Record<string, Condition>>): string {
  return Object.entries(expect)
    .map(([name, condition]) => `${name} ${describeCondition(condition)}`)
    .join(', ');
}
