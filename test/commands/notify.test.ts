import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readDocument } from '../support/built-fleet.ts';
import { openReceiver } from '../support/receiver.ts';
import { useBuiltFleet } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();
const file = 'config/fleet/notify.yaml';

describe('fleet notify', () => {
  it(
    'says where the settings belong when there are none',
    inWorkplace(async ({ folder, runWith }) => {
      const env = { XDG_CONFIG_HOME: join(folder, 'config') };
      const listed = await runWith(env, 'notify');
      expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('nobody is told anything') as string });
      const tested = await runWith(env, 'notify', 'test', '--json');
      expect(tested.code).toBe(2);
      expect(readDocument(tested)).toMatchObject({
        error: { code: 'no-notify-settings', suggestions: [expect.stringContaining(join(folder, file)) as string] },
      });
    }),
  );

  it(
    'tries each channel, and says what happened without a secret',
    inWorkplace(async ({ folder, runWith, writeFiles }) => {
      const good = await openReceiver({ onTestFinished });
      const bad = await openReceiver({ onTestFinished }, (response, { path }) =>
        response.writeHead(403).end(`no token: ${path}`),
      );
      await writeFiles({
        [file]: `channels:\n  good: { slack: { url: { env: GOOD } } }\n  bad: { slack: { url: { file: bad } } }\n`,
        'config/fleet/bad': `${bad.url}/T0SECRET\n`,
      });
      const env = { XDG_CONFIG_HOME: join(folder, 'config'), GOOD: `${good.url}/T1SECRET` };
      const { code, stdout, stderr } = await runWith(env, 'notify', 'test');
      expect(code).toBe(1);
      expect(stdout).toMatch(/^good: sent\nbad: not sent: HTTP 403: no token: /);
      expect(`${stdout}${stderr}`).not.toMatch(/T0SECRET.*T0SECRET|T1SECRET/s);
      expect([good.received.length, bad.received.length]).toEqual([1, 1]);
      expect((await runWith(env, 'notify', 'test', 'good')).code).toBe(0);
      expect([good.received.length, bad.received.length]).toEqual([2, 1]);
      const unknown = await runWith(env, 'notify', 'test', 'goood', '--json');
      expect(readDocument(unknown)).toMatchObject({
        error: { code: 'unknown-channel', suggestions: ['did you mean "good"?'] },
      });
    }),
  );

  it(
    'shows the channels, what waits and what failed',
    inWorkplace(async ({ folder, runWith, writeFiles, store, addRun }) => {
      await writeFiles({ [file]: 'channels:\n  team: { slack: { url: { env: TEAM } }, on: [finished] }\n' });
      addRun({ id: 'run-1' });
      const now = Date.now();
      const times = { createdAt: now, notBefore: now, expiresAt: now + 60_000 };
      const message = { title: 'prod-50k on prime1: failed' };
      for (const cause of ['one', 'two']) {
        store.outbox.put({ id: cause, channel: 'team', cause, run: 'run-1', kind: 'finished', message, ...times });
      }
      const claimed = store.outbox.claim({ channels: ['team'], now, boot: null, sinceBoot: 0, ttlMs: 1 });
      if (claimed === null) throw new Error('expected a message');
      store.outbox.settle(claimed, { kind: 'failed', at: now, reason: 'HTTP 404: no such hook' });
      const env = { XDG_CONFIG_HOME: join(folder, 'config') };
      const { code, stdout } = await runWith(env, 'notify', 'list');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^team {2,}slack {2,}finished$/m);
      expect(stdout).toMatch(/^prod-50k on prime1: failed {2,}team {2,}failed {2,}1 {2,}HTTP 404: no such hook$/m);
      expect(stdout).toMatch(/^prod-50k on prime1: failed {2,}team {2,}pending, next try /m);
      expect(readDocument(await runWith(env, 'notify', '--json'))).toMatchObject({
        channels: [{ name: 'team', by: 'slack', on: ['finished'] }],
        messages: [
          { id: 'one', run: 'run-1', state: 'failed', tries: 1, reason: 'HTTP 404: no such hook', nextTryAt: null },
          { id: 'two', state: 'pending', tries: 0, reason: null, settledAt: null },
        ],
      });
    }),
  );

  it(
    'refuses settings with errors before a launch has begun anything',
    inWorkplace(async ({ folder, runWith, writeFiles, store }) => {
      await writeFiles({
        [file]: 'channels: { team: { slck: {} } }\n',
        'play.yaml': 'playbook: play\nlaunch: { run: exit 0, log: play.log }\n',
        'hosts.yaml': 'hosts: { one: { address: 127.0.0.1 } }\n',
      });
      const words = ['launch', join(folder, 'play.yaml'), '--host', 'one', '--inventory', join(folder, 'hosts.yaml'), '--json'];
      const refused = await runWith({ XDG_CONFIG_HOME: join(folder, 'config') }, ...words);
      expect(refused.code).toBe(2);
      expect(readDocument(refused)).toMatchObject({ error: { code: 'files-have-errors' } });
      expect(store.listRuns(null)).toEqual([]);
      const linted = await runWith({}, 'lint', join(folder, file));
      expect(linted.code).toBe(2);
      expect(`${linted.stdout}${linted.stderr}`).toMatch(/notify\.yaml:1:21: .*unknown key "slck" \(did you mean "slack"\?\)/);
    }),
  );
});
