import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usePeople } from '../support/person.ts';
import { explainMissingShell, explainMissingSshd, type SshdOptions } from '../support/sshd.ts';
import { openSshdHost } from '../support/sshd-host.ts';

const { person } = usePeople();

const files = (code: number) => ({ '.bashrc': `echo no entry\nexit ${code}\n` });

const users: { name: string; code: number; options: SshdOptions }[] = [
  { name: 'a plain user', code: 0, options: { shell: '/bin/bash', files: files(0) } },
  { name: 'root', code: 7, options: { files: files(7) } },
];

describe.skipIf(explainMissingSshd() !== null)('a .bashrc that exits', () => {
  describe.each(users)('of $name', { concurrent: true }, ({ code, options }) => {
    const skipped = options.shell !== undefined && explainMissingShell(options.shell) !== null;

    it.skipIf(skipped)('is told as what it is, and never taken for success', async (test) => {
      const { home, env } = await openSshdHost(test, options);
      const who = person(test, env);
      const launched = await who.run(['launch', 'prod-50k', '--host', 'box']);
      const sentence = `the login shell ended before our first line (exit ${code}); its last output: "no entry"`;
      expect(launched).toMatchObject({ code: 4, stderr: expect.stringContaining(sentence) as string });
      expect(who.newest()).toMatchObject({
        state: 'cancelled',
        outcome: { result: 'cancelled', reason: 'login-shell', exitCode: null },
        message: expect.stringContaining('let them return early unless the shell is interactive') as string,
      });
      expect(await who.run(['exec', '--host', 'box', '--', 'true'])).toMatchObject({
        code: 4,
        stderr: expect.stringContaining(sentence) as string,
      });
      expect(existsSync(join(home, '.local'))).toBe(false);
    });
  });
});
