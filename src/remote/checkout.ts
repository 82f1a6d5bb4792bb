import { quote } from '../quoting.ts';
import { withSetup } from './author-command.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, type RemoteCommand } from './command.ts';
import { shellPath } from './host-script.ts';

/** Whether the repository in a folder has a commit with all its folders and files, and nothing else is checked out. */
export type CheckoutState = 'no-git' | 'absent' | 'known' | 'there';

/** Makes the folder. */
export function lookAtCheckout(actor: Actor, folder: string, commit: string, setup: string): RemoteCommand<CheckoutState> {
  const name = 'look for a commit';
  const script = `command -v git >/dev/null 2>&1 || { echo no-git; exit 0; }
[ -e .git ] && git rev-list --objects --no-walk ${commit} >/dev/null 2>&1 || { echo absent; exit 0; }
[ "$(git rev-parse HEAD 2>/dev/null)" = ${commit} ] && git diff --quiet HEAD 2>/dev/null && echo there || echo known`;
  return {
    name,
    body: `fence ${quote(actor.run)} ${actor.token}\nenter_made ${quote(folder)}\nexec sh -c ${quote(withSetup(setup, script))}`,
    timeoutSeconds: 60,
    parse(answer) {
      const word = readLines(answer.stdout).at(-1)?.word;
      if (word === 'no-git' || word === 'absent' || word === 'known' || word === 'there') return word;
      throw new UnexpectedAnswer(name, answer);
    },
  };
}

/**
 * What a unit runs: takes the pack, if any, into the repository in that folder, which is made where there is none, and checks the commit out. A commit
 * that came without its history is marked as one where the history ends. Git refuses to write over what was changed there.
 */
export function checkoutScript(to: string, commit: string, pack: string | null): string {
  return `set -e
cd -- ${shellPath(/^[/~]/.test(to) ? to : `./${to}`)}
[ -e .git ] || git init -q .
${pack === null ? '' : takePack(commit, pack)}git -c core.hooksPath=/dev/null -c advice.detachedHead=false checkout -q --detach ${commit}`;
}

function takePack(commit: string, pack: string): string {
  return `git index-pack --stdin <${shellPath(pack)} >/dev/null
for parent in $(git cat-file commit ${commit} | sed -n '/^$/q; s/^parent //p'); do
  git cat-file -e "$parent" 2>/dev/null && continue
  echo ${commit} >>"$(git rev-parse --git-path shallow)"
  break
done
rm -f -- ${shellPath(pack)}
`;
}
