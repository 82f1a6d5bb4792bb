import { FleetError, exitCodes } from '../errors.ts';
import type { EnvVariable } from '../playbook/playbook.ts';
import { createScrubber, type Scrubber } from '../scrubber.ts';
import { Secret } from '../secret.ts';
import { readSecret } from '../secret-source.ts';

export interface ResolvedEnvironment {
  /** In the order of the playbook; optional secrets without a source are left out. */
  variables: { name: string; value: string }[];
  scrubber: Scrubber;
  /** Names of required secrets that could not be resolved here. */
  missing: { name: string; reason: string }[];
}

/** Resolves the references at the last moment, on this machine. What is missing is told, not thrown: a resume may not need it. */
export function resolveEnvironment(env: readonly EnvVariable[], environment: NodeJS.ProcessEnv): ResolvedEnvironment {
  const variables: ResolvedEnvironment['variables'] = [];
  const missing: ResolvedEnvironment['missing'] = [];
  const secrets: Secret[] = [];
  const secretNames: string[] = [];
  for (const { name, value, optional } of env) {
    if ('text' in value) {
      variables.push({ name, value: value.text });
      continue;
    }
    secretNames.push(name);
    const found = readSecret(name, value.secret, environment);
    if (found instanceof Secret) {
      secrets.push(found);
      variables.push({ name, value: found.reveal() });
    } else if (!optional) {
      missing.push({ name, reason: found });
    }
  }
  return { variables, missing, scrubber: createScrubber(secrets, secretNames) };
}

export function requireSecrets(resolved: ResolvedEnvironment): void {
  const [first] = resolved.missing;
  if (first === undefined) return;
  const all = resolved.missing.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new FleetError(`secrets are missing: ${all}`, {
    code: 'secret-missing',
    exit: exitCodes.usage,
    suggestions: [`set ${first.name} before you launch, or mark it "optional: true" in the playbook`],
  });
}
