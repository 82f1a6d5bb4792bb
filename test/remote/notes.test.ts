import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { appendNote } from '../../src/remote/notes.ts';
import { openLocalHost } from '../support/local-host.ts';
import { actorOf } from './jobs.ts';
import { eachShell } from './shells.ts';

describe.concurrent('a note', () => {
  eachShell((shell) => {
    test('is appended once to what others wrote, as it is', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, '-issues.md'), 'an older note\n');
      const text = "it's $HOME `id` \\n %s\n(end of run-1)\n";
      const command = appendNote(actorOf(host), '~', './-issues.md', { text, mark: '(end of run-1)' });
      await host.call(command);
      await host.call(command);
      await host.call(appendNote(actorOf(host), '~', './-issues.md', { text: 'next\n(end of run-2)\n', mark: '(end of run-2)' }));
      const kept = readFileSync(join(host.home, '-issues.md'), 'utf8');
      context.expect(kept).toBe(`an older note\n${text}next\n(end of run-2)\n`);
    });

    test('that has no place is told, and nothing is left of it', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'docs'), 'a file');
      const command = appendNote(actorOf(host), '~', 'docs/issues.md', { text: 'x\n(end)\n', mark: '(end)' });
      await context.expect(host.call(command)).rejects.toThrow(/docs/);
      context.expect(readFileSync(join(host.home, 'docs'), 'utf8')).toBe('a file');
    });
  });
});
