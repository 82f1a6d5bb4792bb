import type { Plan } from '../../engine/plan.ts';
import { estimateCost } from '../../playbook/lint/cost.ts';
import type { Deed, Entry, EnvVariable } from '../../playbook/playbook.ts';

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
    ...block('cost', describeCost(plan)),
  ];
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

function describeSource(source: Plan['playbook']['source']): string[] {
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
  return [`${entry.kind}: ${entry.name}`, ...describeDeed(entry.deed).map((line) => `  ${line}`)];
}

function describeDeed(deed: Deed): string[] {
  switch (deed.kind) {
    case 'run':
      return lines(deed.command);
    case 'accelerators-free':
      return ['no process and no memory in use on any accelerator'];
    case 'config':
      return [
        `${deed.file}: ${Object.entries(deed.expect)
          .map(([key, value]) => `${key} = ${value}`)
          .join(', ')}`,
      ];
    case 'files':
      return [`${deed.glob}: ${deed.count?.text ?? 'at least one'}${deed.size === null ? '' : `, of ${deed.size.text}`}`];
    case 'halt-stale':
      return [`stop earlier processes of ours with "${deed.match}"`];
    case 'archive':
      return deed.globs.map((glob) => `put away ${glob}`);
  }
}
