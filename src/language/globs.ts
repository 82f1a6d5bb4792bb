/**
 * Whether a path below a folder is named by one of these globs: `*` and `?` stay within one name, `**` does not. One without a slash is about names
 * anywhere below, one with a slash about paths from the folder on. A folder that is named is left out with all that is in it.
 */
export function matchesGlob(globs: readonly string[], path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return globs.some((glob) => {
    const bare = glob.replace(/^\.?\/+/, '').replace(/\/+$/, '');
    return compile(bare).test(bare.includes('/') || glob.startsWith('/') ? path : name);
  });
}

function compile(glob: string): RegExp {
  const parts = glob.split(/(\*\*\/|\*+|\?)/).map((part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '?') return '[^/]';
    if (/^\*+$/.test(part)) return part.length > 1 ? '.*' : '[^/]*';
    return part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}
