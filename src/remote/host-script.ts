import { createHash } from 'node:crypto';
import { quote } from '../quoting.ts';
import base from './host/base.sh';
import checkpoints from './host/checkpoints.sh';
import claims from './host/claims.sh';
import copies from './host/copies.sh';
import fallback from './host/fallback.sh';
import files from './host/files.sh';
import guard from './host/guard.sh';
import halt from './host/halt.sh';
import incarnation from './host/incarnation.sh';
import kernel from './host/kernel.sh';
import looks from './host/looks.sh';
import members from './host/members.sh';
import notes from './host/notes.sh';
import paths from './host/paths.sh';
import ports from './host/ports.sh';
import program from './host/program.sh';
import rules from './host/rules.sh';
import records from './host/records.sh';
import sending from './host/sending.sh';
import units from './host/units.sh';
import wrapper from './host/wrapper.sh';

/** The one file that is sent to a host, in POSIX sh. */
export const hostScript = [
  base,
  incarnation,
  paths,
  claims,
  members,
  units,
  wrapper,
  records,
  guard,
  halt,
  rules,
  fallback,
  files,
  notes,
  checkpoints,
  copies,
  sending,
  kernel,
  looks,
  ports,
  program,
].join('\n');

const fileName = `host-${createHash('sha256').update(hostScript).digest('hex').slice(0, 16)}.sh`;

/** Exit statuses of the host script, apart from those of what it runs. */
export const hostScriptExits = { missing: 90, fenced: 91, cannotWrite: 92 } as const;

/** `body` with the functions of the host script at hand. Answers exit 90 and nothing else when the host does not have the script yet. */
export function withHostScript(remoteDir: string | null, body: string): string {
  return `${setFolder(remoteDir)}
[ -s "$FLEET_SCRIPT" ] || exit ${hostScriptExits.missing}
. "$FLEET_SCRIPT"
${body}`;
}

/** Puts the script in place in one rename, so that a reader never sees a part of it. Safe to send twice. */
export function sendHostScript(remoteDir: string | null): string {
  return `${setFolder(remoteDir)}
{ read -r fleet_word </proc/sys/kernel/random/uuid; } 2>/dev/null || fleet_word=$$
(umask 077 && mkdir -p "$FLEET_DIR/lib") || exit ${hostScriptExits.cannotWrite}
(umask 077 && printf '%s' ${quote(hostScript)} >"$FLEET_SCRIPT.$fleet_word") && mv -f "$FLEET_SCRIPT.$fleet_word" "$FLEET_SCRIPT" && exit 0
rm -f "$FLEET_SCRIPT.$fleet_word"
exit ${hostScriptExits.cannotWrite}`;
}

function setFolder(remoteDir: string | null): string {
  return `FLEET_DIR=${folderOf(remoteDir ?? '~/.local/state/fleet')}
FLEET_SCRIPT=$FLEET_DIR/lib/${fileName}`;
}

/** Never relative: what is left running goes to other folders. */
function folderOf(remoteDir: string): string {
  return /^[/~]/.test(remoteDir) ? shellPath(remoteDir) : `"$HOME"/${quote(remoteDir)}`;
}

/** A file of a unit, as a path that an author could write. */
export function unitFile(
  remoteDir: string | null,
  run: string,
  { attempt, worker, unit }: { attempt: number; worker: number; unit: string },
  name: string,
): string {
  return `${runFolder(remoteDir, run)}/a${attempt}/w${worker}/${unit}/${name}`;
}

/** What the host keeps of a run, as a path that an author could write. */
export function runFolder(remoteDir: string | null, run: string): string {
  const folder = remoteDir ?? '~/.local/state/fleet';
  return `${/^[/~]/.test(folder) ? folder : `~/${folder}`}/runs/${run}`;
}

/** One shell word for a path as an author writes it; a leading `~/` is the home folder. */
export function shellPath(path: string): string {
  if (path === '~') return '"$HOME"';
  return path.startsWith('~/') ? `"$HOME"/${quote(path.slice(2))}` : quote(path);
}

/** A shell pattern: only `*`, `?` and `[...]` keep their meaning. */
export function shellGlob(glob: string): string {
  const [first = '', ...rest] = glob.split(/(\*|\?|\[[\w!^-]+\])/);
  return [
    first === '' ? '' : shellPath(first),
    ...rest.map((part, index) => (index % 2 === 0 || part === '' ? part : quote(part))),
  ].join('');
}
