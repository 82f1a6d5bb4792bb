import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { usePeople } from '../support/person.ts';
import { explainMissingSshd, readPublicKey, type Sshd } from '../support/sshd.ts';
import { openSshdHost } from '../support/sshd-host.ts';

const { person } = usePeople();
const launch = ['launch', 'prod-50k', '--host', 'box'];
const hosts = { box: { PRETEND_SECONDS: '1' } };

function fingerprintOf({ hostKeyFiles }: Sshd): string {
  const printed = execFileSync('ssh-keygen', ['-lf', `${hostKeyFiles['ed25519']}.pub`], { encoding: 'utf8' });
  return printed.split(' ')[1] ?? '';
}

describe.skipIf(explainMissingSshd() !== null)('the host key of an OpenSSH server', () => {
  it('is refused when unknown, with the command that accepts it, and a launch works after that command', async (test) => {
    const { sshd, home, env } = await openSshdHost(test, { hosts });
    const who = person(test, env);
    const line = readFileSync(sshd.knownHosts, 'utf8');
    writeFileSync(sshd.knownHosts, '');
    const fingerprint = fingerprintOf(sshd);
    const command = `fleet hosts box --accept-host-key ${fingerprint}`;

    const refused = await who.run(launch);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining(command) as string });
    expect(who.newest()).toMatchObject({
      state: 'cancelled',
      outcome: { result: 'cancelled', reason: 'host-key-unknown', exitCode: null },
      message: expect.stringMatching(
        /host key is not known yet: ssh-ed25519 SHA256:.*; compare it with .*; if it is the same: /,
      ) as string,
    });
    const executed = await who.run(['exec', '--json', '--host', 'box', '--', 'true']);
    expect((JSON.parse(executed.stdout) as { results: unknown }).results).toMatchObject([
      {
        error: {
          code: 'host-key-unknown',
          suggestions: [expect.stringContaining('ssh-keygen -lf'), expect.stringContaining(command)],
        },
      },
    ]);
    expect(existsSync(join(home, '.local'))).toBe(false);
    expect(readFileSync(sshd.knownHosts, 'utf8')).toBe('');

    const other = await who.run(['hosts', 'box', '--accept-host-key', `SHA256:${'A'.repeat(43)}`]);
    expect(other).toMatchObject({ code: 4, stderr: expect.stringContaining('nothing was recorded') as string });
    expect(readFileSync(sshd.knownHosts, 'utf8')).toBe('');

    expect((await who.run(command.split(' ').slice(1))).code).toBe(0);
    expect(readFileSync(sshd.knownHosts, 'utf8')).toBe(line);
    expect((await who.run(launch)).code).toBe(0);
  });

  it('that is unknown is accepted by a command that names the inventory, when the launch did', async (test) => {
    const { sshd, env } = await openSshdHost(test, { hosts });
    const who = person(test, { FLEET_PLAYBOOKS: env.FLEET_PLAYBOOKS });
    writeFileSync(sshd.knownHosts, '');
    const refused = await who.run([...launch, '--inventory', env.FLEET_INVENTORIES]);
    const command = `fleet hosts box --accept-host-key ${fingerprintOf(sshd)} --inventory '${env.FLEET_INVENTORIES}'`;
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining(command) as string });
    const words = command.replaceAll("'", '').split(' ').slice(1);
    expect(await who.run(words)).toMatchObject({ code: 0, stderr: '' });
  });

  it('that is unknown is recorded by the first launch when the inventory says "accept-new"', async (test) => {
    const { sshd, env } = await openSshdHost(test, { hosts, ssh: { 'host-keys': 'accept-new' } });
    const line = readFileSync(sshd.knownHosts, 'utf8');
    writeFileSync(sshd.knownHosts, '');
    expect(await person(test, env).run(['validate', 'prod-50k', '--host', 'box'])).toMatchObject({ code: 0 });
    expect(readFileSync(sshd.knownHosts, 'utf8')).toBe(line);
  });

  it.for(['strict', 'accept-new'])(
    'that has changed is refused, also by the command that accepts keys (%s)',
    async (hostKeys, test) => {
      const { sshd, home, env } = await openSshdHost(test, { hosts, ssh: { 'host-keys': hostKeys } });
      const who = person(test, env);
      const recorded = recordOtherKey(sshd);
      const sentence = `its host key has changed: it shows ssh-ed25519 ${fingerprintOf(sshd)}, recorded at ${sshd.knownHosts}:1 is`;
      expect(await who.run(launch)).toMatchObject({ code: 4, stderr: expect.stringContaining(sentence) as string });
      expect(who.newest()).toMatchObject({ state: 'cancelled', outcome: { reason: 'host-key-changed' } });
      const accepting = await who.run(['hosts', 'box', '--accept-host-key', fingerprintOf(sshd)]);
      expect(accepting).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining(sentence) as string });
      expect(readFileSync(sshd.knownHosts, 'utf8')).toBe(recorded);
      expect(existsSync(join(home, '.local'))).toBe(false);
    },
  );

  it('that changes while a job runs makes the host unreachable, and the run goes on once it is right again', async (test) => {
    const { sshd, env } = await openSshdHost(test, { hosts });
    const who = person(test, env);
    const right = readFileSync(sshd.knownHosts, 'utf8');
    expect((await who.run([...launch, '--detach'])).code).toBe(0);
    recordOtherKey(sshd);
    const resuming = who.start(['resume']);
    const waiting = await who.waitForRun('no trust', ({ reachability }) => reachability.status === 'unreachable');
    expect(waiting).toMatchObject({ state: 'running', outcome: null });
    await waitFor('the reason on the screen', () => resuming.said().stderr.includes('its host key has changed'));
    writeFileSync(sshd.knownHosts, right);
    expect((await resuming.ended).code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'succeeded', reachability: { status: 'reachable' } });
  });
});

/** Another key in the place of the server's. Returns the file's text. */
function recordOtherKey(sshd: Sshd): string {
  const file = join(sshd.folder, 'other-key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  const text = `[${sshd.host}]:${sshd.port} ${readPublicKey(file)}\n`;
  writeFileSync(sshd.knownHosts, text);
  return text;
}
