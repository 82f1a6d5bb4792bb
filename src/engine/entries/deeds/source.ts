import type { ResolvedPlaybook } from '../../../playbook/playbook.ts';
import { lookAtSource, type SourceState } from '../../../remote/source.ts';
import type { Drive } from '../../drive.ts';
import { setupOf } from './run-command.ts';
import type { Result } from './result.ts';

type Source = NonNullable<ResolvedPlaybook['source']>;

export async function checkSource(drive: Drive, source: Source): Promise<Result> {
  const { workdir } = drive.plan.playbook;
  const state = await drive.session.call(lookAtSource(workdir, setupOf(drive)));
  const expected = [
    ...(source.branch === null ? [] : [`branch ${source.branch}`]),
    ...(source.commit === null ? [] : [`commit ${shorten(source.commit)}`]),
    ...(source.clean ? ['no changes'] : []),
  ].join(', ');
  if (state.kind !== 'git') return { result: 'fail', expected, observed: describeMissing(state, workdir), message: null };
  const sameCommit = source.commit === null || state.commit.startsWith(source.commit.toLowerCase());
  const sameBranch = source.branch === null || state.branch === source.branch;
  const clean = !source.clean || state.changes.length === 0;
  const observed = [
    `branch ${state.branch ?? 'none (detached)'}`,
    `commit ${shorten(state.commit)}`,
    state.changes.length === 0 ? 'no changes' : `changed: ${state.changes.slice(0, 5).join(', ')}`,
  ].join(', ');
  return { result: sameCommit && sameBranch && clean ? 'pass' : 'fail', expected, observed, message: null };
}

function describeMissing(state: Exclude<SourceState, { kind: 'git' }>, workdir: string): string {
  switch (state.kind) {
    case 'no-git':
      return 'no git on the host';
    case 'no-workdir':
      return `no folder "${workdir}"`;
    case 'not-a-repository':
      return `"${workdir}" is no repository: ${state.message}`;
  }
}

function shorten(commit: string): string {
  return commit.slice(0, 12);
}
