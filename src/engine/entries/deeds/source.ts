import type { ResolvedPlaybook } from '../../../playbook/playbook.ts';
import { lookAtSource, type SourceState } from '../../../remote/source.ts';
import type { Drive } from '../../drive.ts';
import { below } from '../below.ts';
import { setupOf } from '../../author-script.ts';
import type { Result } from './result.ts';

type Source = NonNullable<ResolvedPlaybook['source']> & { path?: string; tag?: string | null };

/** What the git repository in the workdir, or in a folder below it, must be. */
export async function checkSource(drive: Drive, { path = '.', tag = null, branch, commit, clean }: Source): Promise<Result> {
  const folder = below(drive.plan.playbook.workdir, path);
  const state = await drive.session.call(lookAtSource(folder, setupOf(drive)));
  const expected = [
    ...(branch === null ? [] : [`branch ${branch}`]),
    ...(commit === null ? [] : [`commit ${shorten(commit)}`]),
    ...(tag === null ? [] : [`tag ${tag} here`]),
    ...(clean ? ['no changes'] : []),
  ].join(', ');
  if (state.kind !== 'git') return { result: 'fail', expected, observed: describeMissing(state, folder), message: null };
  const holds =
    (commit === null || state.commit.startsWith(commit.toLowerCase())) &&
    (branch === null || state.branch === branch) &&
    (tag === null || state.tags.includes(tag)) &&
    (!clean || state.changes.length === 0);
  const observed = [
    `branch ${state.branch ?? 'none (detached)'}`,
    `commit ${shorten(state.commit)}`,
    ...(tag === null ? [] : [state.tags.length === 0 ? 'no tag' : `tags ${state.tags.slice(0, 5).join(' ')}`]),
    state.changes.length === 0 ? 'no changes' : `changed: ${state.changes.slice(0, 5).join(', ')}`,
  ].join(', ');
  return { result: holds ? 'pass' : 'fail', expected, observed, message: null };
}

function describeMissing(state: Exclude<SourceState, { kind: 'git' }>, folder: string): string {
  switch (state.kind) {
    case 'no-git':
      return 'no git on the host';
    case 'no-workdir':
      return `no folder "${folder}"`;
    case 'not-a-repository':
      return `"${folder}" is no repository: ${state.message}`;
  }
}

function shorten(commit: string): string {
  return commit.slice(0, 12);
}
