import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { factsSections } from '../../src/facts/facts-script.ts';
import { writeSections } from '../../src/facts/sections.ts';
import { missingReason } from '../support/local-host.ts';

const missing = missingReason('shellcheck');
const question = { setup: 'true', workdir: 'work', diskPaths: ['data'], tools: ['ffmpeg'], endpoints: ['a:1'] };
const scripts = [
  { name: 'the runner', script: writeSections([]) },
  // The status of the section before is set by the runner.
  ...factsSections(question).map(({ name, script }) => ({ name, script: `fleet_code=0\n: "$fleet_code"\n${script}` })),
];

describe.skipIf(missing !== null)('the questions', () => {
  it.each(scripts)('$name has nothing that shellcheck finds', ({ script }) => {
    const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-f', 'gcc', '-'], { input: script, encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});
