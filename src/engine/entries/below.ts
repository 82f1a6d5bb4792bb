/** A path of an author, relative to the workdir where it is not absolute. */
export function below(workdir: string, path: string): string {
  if (path.startsWith('/') || path.startsWith('~') || workdir === '.') return path;
  return path === '.' ? workdir : `${workdir}/${path}`;
}
