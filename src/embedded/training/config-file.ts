/** Scalars of a config file by their keys joined with dots: `train.steps`. */
export type ConfigValues = ReadonlyMap<string, string | number | boolean | null>;

/** Reads the part of YAML that the workspace's configs use: maps of maps of scalars, and comments. Throws, naming the line, at anything else. */
export function parseConfig(text: string): ConfigValues {
  const values = new Map<string, string | number | boolean | null>();
  const parents: { indent: number; key: string }[] = [];
  text.split(/\r?\n/).forEach((whole, index) => {
    const line = whole.replace(/(^|\s)#.*$/, '').trimEnd();
    if (line === '' || line === '---') return;
    const match = /^( *)([A-Za-z_][\w-]*):(?: +(.*))?$/.exec(line);
    if (match === null) throw new Error(`line ${index + 1}: expected "key: value", got "${line.trim()}"`);
    const [, blanks = '', key = '', value] = match;
    while ((parents.at(-1)?.indent ?? -1) >= blanks.length) parents.pop();
    const path = [...parents.map((parent) => parent.key), key].join('.');
    if (value === undefined || value === '') parents.push({ indent: blanks.length, key });
    else values.set(path, parseScalar(value, index + 1));
  });
  return values;
}

function parseScalar(text: string, line: number): string | number | boolean | null {
  const quoted = /^"([^"\\]*)"$|^'([^']*)'$/.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? '';
  if (/^["'[{&*|>!%@`]/.test(text)) throw new Error(`line ${line}: expected a plain value, got ${text}`);
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null' || text === '~') return null;
  return /^[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text.replaceAll('_', '')) : text;
}
