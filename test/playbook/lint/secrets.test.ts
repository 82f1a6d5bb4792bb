import { describe, expect, it } from 'vitest';
import { lintPlaybook } from '../../../src/playbook/lint/lint-playbook.ts';
import { formatProblem } from '../../../src/problem.ts';
import { readText } from '../playbook-text.ts';
import { launch, lintText } from './lint-text.ts';

// Put together here, so that nothing in this file is taken for a secret of somebody.
const long = 'a1b2c3d4'.repeat(5);
const huggingFace = `hf_${long}`;
const aws = `AKIA${'A1'.repeat(8)}`;

describe('a secret in plain', () => {
  it('is told with the way to keep it, and never repeated', () => {
    const problems = lintPlaybook(readText(`playbook: p\nenv: { HF_TOKEN: ${huggingFace} }\n`));
    expect(problems.map(formatProblem)).toEqual([
      'p.yaml:2:18: warning: env.HF_TOKEN: "HF_TOKEN" begins like a secret of Hugging Face, and stands here in plain: it would be in every plan and log (put it into a variable where fleet runs, and say env: { HF_TOKEN: { secret: { env: HF_TOKEN } } })',
    ]);
  });

  it.each([
    [`env: { WANDB_API_KEY: ${long} }`, 'env.WANDB_API_KEY: "WANDB_API_KEY" looks like a secret'],
    [`env: { OTHER: ${aws} }`, 'env.OTHER: "OTHER" begins like a secret of AWS'],
    [`params: { db_password: { type: string, default: ${long} } }`, 'params.db_password.default: "db_password" looks like'],
    [`setup: export API_TOKEN=${long}`, 'setup: what it gives to "API_TOKEN" looks like a secret'],
    [launch(`TOKEN='${long}' bash train.sh`), 'launch.run: what it gives to "TOKEN" looks like a secret'],
    [launch(`train --api-key ${long}`), 'launch.run: what it gives to "--api-key" looks like a secret'],
    [launch(`train --secret=${long}`), 'launch.run: what it gives to "--secret" looks like a secret'],
    [launch(`curl -H "Authorization: Bearer ${huggingFace}" x`), 'launch.run: a text in it begins like a secret of Hugging Face'],
    [`verify:\n  - { check: c, run: export MY_SECRET=${long} }`, 'verify[0].run: what it gives to "MY_SECRET" looks like'],
  ])('is told: %s', (text, message) => {
    const told = lintText(text);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(message);
  });

  it.each([
    'env: { WANDB_API_KEY: { secret: { env: WANDB_API_KEY } } }',
    'env: { PAD_TOKEN: endoftext_0123456789 }',
    'env: { API_KEY: short1 }',
    'env: { TOKENIZER: tokenizer_0123456789 }',
    'env: { KEY: /home/me/keys/key_0123456789 }',
    'env: { PRIVATE_KEY: keys/deploy_2024_0123.pem }',
    'env: { MAX_TOKENS: "1234567890123456" }',
    `env: { COMMIT: ${long} }`,
    launch('TOKEN="$HF_TOKEN_OF_TEAM_1" train --api-key "$(cat /home/me/key_file_1)"'),
    launch('train --sort-key validation_loss_1'),
  ])('is not told: %s', (text) => {
    expect(lintText(text)).toEqual([]);
  });
});
