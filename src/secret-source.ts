import { readFileSync } from 'node:fs';
import { messageOf } from './errors.ts';
import { Secret } from './secret.ts';

/** Where a secret comes from on this computer: an environment variable, or a file. */
export type SecretSource = { env: string } | { file: string };

/** Read at the last moment; a sentence when it is not there. */
export function readSecret(name: string, source: SecretSource, environment: NodeJS.ProcessEnv): Secret | string {
  if ('env' in source) {
    const value = environment[source.env];
    return value === undefined || value === '' ? `the environment variable ${source.env} is not set` : new Secret(name, value);
  }
  try {
    return new Secret(name, readFileSync(source.file, 'utf8').replace(/\n$/, ''));
  } catch (error) {
    return `the file "${source.file}" cannot be read: ${messageOf(error)}`;
  }
}
