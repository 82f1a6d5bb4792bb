/**
 * The step that a path tells: what stands for `{step}` in the pattern, else the last number in the name, which does not end in that of its format
 * (`.h5`). Null: none. The host reads it in the same way (`step_of_checkpoint`).
 */
export function stepOfName(pattern: string, path: string): number | null {
  const digits = /(\d+)\D*$/.exec(partWithStep(pattern, path))?.[1]?.replace(/^0+(?=\d)/, '');
  return digits === undefined || digits.length > 15 ? null : Number(digits);
}

function partWithStep(pattern: string, path: string): string {
  const [before = '', after] = pattern.split('{step}');
  if (after === undefined) return path.slice(path.lastIndexOf('/') + 1).replace(/\.[A-Za-z][A-Za-z0-9]*$/, '');
  // A home folder that an author wrote as a tilde has its own name in the path.
  const lead = before.startsWith('~/') ? `.*?${toRegExp(before.slice(1))}` : toRegExp(before);
  const rest = path.replace(new RegExp(`^${lead}`, 's'), '');
  return new RegExp(`^(.*)${toRegExp(after)}$`, 's').exec(rest)?.[1] ?? rest;
}

/** Of a pattern of the shell; as few characters as will do. */
function toRegExp(glob: string): string {
  return glob.replaceAll(/\[!?[\w^-]+\]|[\\^$.*+?()[\]{}|]/g, (found) => {
    if (found === '*') return '.*?';
    if (found === '?') return '.';
    return found.length > 1 ? found.replace('[!', '[^') : `\\${found}`;
  });
}
