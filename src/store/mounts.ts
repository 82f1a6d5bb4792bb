export interface Mount {
  point: string;
  type: string;
}

/** Mounts of /proc/self/mountinfo, in its order. Lines that do not have its form are left out. */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const separator = fields.indexOf('-', 6);
    const point = fields[4];
    const type = separator === -1 ? undefined : fields[separator + 1];
    return point?.startsWith('/') && type ? [{ point: unescapeOctal(point), type }] : [];
  });
}

/** The mount that holds an absolute path: the deepest, and of several on one point the last, which hides the others. */
export function findMount(path: string, mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    if (holds(mount.point, path) && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}

function holds(point: string, path: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`);
}

/** The kernel writes blanks, tabs, newlines and backslashes of a path as three octal digits, byte by byte. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
