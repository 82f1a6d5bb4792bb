import { describe, expect, it } from 'vitest';
import { mayNameSecret, namesSecret } from '../../src/language/secret-name.ts';

describe('the name of a variable', () => {
  it.each(['HF_TOKEN', 'api-key', 'WANDB_API_KEY', 'password', 'db_passwd', 'client-secret', '--key', 'accesskey'])(
    '%s is that of a secret',
    (name) => {
      expect([mayNameSecret(name), namesSecret(name)]).toEqual([true, true]);
    },
  );

  it.each(['pad_token', 'sort-key', 'PUBLIC_KEY', 'tokenizer', 'secrets_file', 'passwords', 'monkey'])(
    '%s hides its value, and is not told of',
    (name) => {
      expect([mayNameSecret(name), namesSecret(name)]).toEqual([true, false]);
    },
  );

  it.each(['seed', 'pass', 'PATH'])('%s is an ordinary one', (name) => {
    expect([mayNameSecret(name), namesSecret(name)]).toEqual([false, false]);
  });
});
