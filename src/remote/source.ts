import { quote } from '../quoting.ts';
import { withSetup } from './author-command.ts';
import { readLines, valueOf, valuesOf, type RemoteCommand } from './command.ts';

export type SourceState =
  | { kind: 'git'; branch: string | null; commit: string; changes: string[]; tags: string[] }
  | { kind: 'no-git' | 'no-workdir' }
  | { kind: 'not-a-repository'; message: string };

const script = `command -v git >/dev/null 2>&1 || { echo no-git; exit 0; }
commit=$(git rev-parse HEAD 2>&1) || { echo "not-a-repository $commit"; exit 0; }
echo "commit $commit"
echo "branch $(git symbolic-ref --short -q HEAD)"
git tag --points-at HEAD | head -n 100 | sed 's/^/tag /'
git status --porcelain | head -n 20 | sed 's/^/changed /'`;

/** Branch, commit, its tags and uncommitted changes of the repository in a folder. */
export function lookAtSource(workdir: string, setup: string): RemoteCommand<SourceState> {
  return {
    name: 'look at the source',
    body: `enter ${quote(workdir)} 2>/dev/null || { say no-workdir; exit 0; }\nexec sh -c ${quote(withSetup(setup, script))}`,
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      const commit = valueOf(lines, 'commit');
      if (commit !== null) {
        const branch = valueOf(lines, 'branch');
        return {
          kind: 'git',
          branch: branch === '' ? null : branch,
          commit,
          changes: valuesOf(lines, 'changed'),
          tags: valuesOf(lines, 'tag'),
        };
      }
      if (valueOf(lines, 'no-workdir') !== null) return { kind: 'no-workdir' };
      if (valueOf(lines, 'no-git') !== null) return { kind: 'no-git' };
      const message = valueOf(lines, 'not-a-repository') ?? answer.stderr.toString().trim();
      return { kind: 'not-a-repository', message };
    },
  };
}
