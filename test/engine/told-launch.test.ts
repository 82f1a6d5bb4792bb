import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/notify/message.ts';
import { usePeople } from '../support/person.ts';
import { openReceiver } from '../support/receiver.ts';
import { openSmallHost } from '../support/small-run.ts';

const { person } = usePeople();

const playbook = `playbook: told
workdir: @work
launch:
  log: out/training.log
  run: for step in 1 2 3; do echo "$step,9" >>out/training.csv; sleep 1; done
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 3 }
  criteria:
    - { criterion: loss falls, expr: last(training.loss) < 1, severity: yellow, then: [notify] }
`;

describe('a launch that people are told of', { timeout: 120_000 }, () => {
  it('tells each thing once, does not wait for who is slow or dead, and keeps no secret', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const [good, slow] = [await openReceiver(test), await openReceiver(test, () => undefined)];
    who.writeFile(
      'first/.config/fleet/notify.yaml',
      `channels:
  good: { webhook: { url: { env: GOOD }, key: { env: KEY } }, on: [go, started, notify, finished] }
  slow: { webhook: { url: '${slow.url}' } }
  dead: { ntfy: { server: 'http://127.0.0.1:65432', topic: runs } }
`,
    );
    const secrets = { GOOD: `${good.url}/T0SECRET`, KEY: 'K3Y-OF-MINE' };
    const { code, stderr } = await who.run(['launch', ...host.write('told', playbook)], secrets);
    expect(code).toBe(0);
    const told = good.received.map(({ body }) => JSON.parse(body) as Message);
    expect(told.map(({ kind }) => kind)).toEqual(['go', 'started', 'notify', 'finished']);
    expect(told.at(-1)).toMatchObject({ title: 'told on small: succeeded', run: { id: who.newest().id, host: 'small' } });
    expect(stderr).toMatch(
      /notifications are not sent yet \(slow: no answer yet when fleet left; dead: ECONNREFUSED\); .*fleet notify shows them/,
    );
    const kept = readdirSync(who.stateDir).filter((name) => name.startsWith('fleet.db'));
    const all = kept.map((name) => readFileSync(join(who.stateDir, name), 'latin1')).join('');
    expect(`${all}${stderr}`).not.toMatch(/T0SECRET|K3Y-OF-MINE/);
  });
});
