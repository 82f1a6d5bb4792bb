/** Whether a path is a folder itself or lies in it. `.` is the workdir: everything that is not written from the root or a home. */
export function isUnder(path: string, folder: string): boolean {
  const [inner, outer] = [tidy(path), tidy(folder)];
  if (outer === '') return !/^[/~]/.test(inner);
  return outer === '/' ? inner.startsWith('/') : inner === outer || inner.startsWith(`${outer}/`);
}

/** `./out//x/` is `out/x`. */
function tidy(path: string): string {
  const short = path.replace(/\/{2,}/g, '/').replace(/(^|\/)(\.\/)+/g, '$1');
  return short === '.' ? '' : short.length > 1 ? short.replace(/(\/\.?)$/, '') : short;
}
