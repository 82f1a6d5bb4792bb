import { namesSecret } from '../../language/secret-name.ts';
import type { YamlPath } from '../../yaml.ts';
import { placeEntries, type Finding, type Planned } from './finding.ts';
import { meetCommands } from './shell/visit.ts';

/** Secrets begin like this, at their makers' word. */
const makers: readonly { maker: string; pattern: RegExp }[] = [
  { maker: 'Hugging Face', pattern: /\bhf_[A-Za-z0-9]{20,}/ },
  { maker: 'GitHub', pattern: /\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/ },
  { maker: 'GitLab', pattern: /\bglpat-[\w-]{20,}/ },
  { maker: 'AWS', pattern: /\b(AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { maker: 'OpenAI or the like', pattern: /\bsk-[\w-]{20,}/ },
  { maker: 'Slack', pattern: /\bxox[abprs]-[\w-]{10,}/ },
];
const shortest = 16;

/** Secrets in plain, where they end up in plans, logs and process lists. Their text is never repeated. */
export function lintSecrets(planned: Planned): Finding[] {
  const { params, env, setup, launch } = planned;
  return [
    ...Object.entries(params).flatMap(([name, value]) => tellValue(['params', name, 'default'], name, value)),
    ...env.flatMap(({ name, value }) => ('text' in value ? tellValue(['env', name], name, value.text) : [])),
    ...tellText(['setup'], setup),
    ...placeEntries(planned, ['prepare', 'validate', 'verify', 'rollback']).flatMap(({ path, entry: { deed } }) =>
      deed.kind === 'run' ? tellText([...path, 'run'], deed.command) : [],
    ),
    ...(launch === null ? [] : tellText(['launch', 'run'], launch.command)),
  ];
}

function tellValue(path: YamlPath, name: string, value: unknown): Finding[] {
  if (typeof value !== 'string') return [];
  const maker = findMaker(value);
  if (maker === null && !looksSecret(name, value)) return [];
  return [tell(path, maker === null ? `"${name}" looks like a secret` : `"${name}" begins like a secret of ${maker}`, name)];
}

function tellText(path: YamlPath, text: string): Finding[] {
  const maker = findMaker(text);
  if (maker !== null) return [tell(path, `a text in it begins like a secret of ${maker}`, 'NAME')];
  const name = meetCommands(text).flatMap(({ command: { words, assignments } }) => findNamed([...assignments, ...words]))[0];
  return name === undefined ? [] : [tell(path, `what it gives to "${name}" looks like a secret`, variableOf(name))];
}

function tell(path: YamlPath, what: string, name: string): Finding {
  return {
    path,
    message: `${what}, and stands here in plain: it would be in every plan and log`,
    suggestion: `put it into a variable where fleet runs, and say env: { ${name}: { secret: { env: ${name} } } }`,
  };
}

function findMaker(text: string): string | null {
  return makers.find(({ pattern }) => pattern.test(text))?.maker ?? null;
}

/** `NAME=value`, `--name=value` and `--name value`. */
function findNamed(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const [, name = '', value] = /^(--?[\w-]+|[A-Za-z_]\w*)(?:=(.*))?$/s.exec(word) ?? [];
    if (value !== undefined) return looksSecret(name, value) ? [name] : [];
    return name.startsWith('-') && looksSecret(name, words[index + 1] ?? '') ? [name] : [];
  });
}

const place = /^[/~.]|:\/\/|\.[A-Za-z]{1,6}$/;

/** One word of letters and digits, as only machines make them; no path, no address, no reference to a variable. */
function looksSecret(name: string, value: string): boolean {
  if (!namesSecret(name) || value.length < shortest) return false;
  return /^[\w+/=.:~-]+$/.test(value) && !place.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value);
}

function variableOf(name: string): string {
  return name.replace(/^-+/, '').replace(/-/g, '_').toUpperCase();
}
