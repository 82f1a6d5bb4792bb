import { describe, expect, it } from 'vitest';
import { usePeople, type Ended } from '../support/person.ts';
import { explainMissingSshd } from '../support/sshd.ts';
import { openSshdHost } from '../support/sshd-host.ts';

const { person } = usePeople();

describe.skipIf(explainMissingSshd() !== null)('fleet exec over OpenSSH', () => {
  it('passes on the streams and the exit code of one host, after its setup lines', async (test) => {
    const { env } = await openSshdHost(test, { hosts: { box: { FLAVOUR: 'setup' } } });
    const who = person(test, env);
    expect(await who.run(['exec', '--host', 'box', '--', 'echo "out of $FLAVOUR"; echo err >&2; exit 7'])).toMatchObject({
      code: 3,
      stdout: 'out of setup\n',
      stderr: expect.stringMatching(/^err\n/) as string,
    });
    expect(await who.run(['exec', '--host', 'box', '--', 'printf', '%s|', 'two words', '$HOME', "it's"])).toMatchObject({
      code: 0,
      stdout: "two words|$HOME|it's|",
      stderr: '',
    });
  });

  it('names the signal that ended a command', async (test) => {
    const { env } = await openSshdHost(test);
    const answered = await person(test, env).run(['exec', '--json', '--host', 'box', '--', 'kill -9 $$']);
    expect(readResults(answered)).toMatchObject([{ exitCode: null, signal: 'SIGKILL', error: null }]);
  });

  it('gives every host its line, the unreachable one among them, and the gravest exit code', async (test) => {
    const hosts = { one: { NAME: '1' }, two: { NAME: '2' }, three: { NAME: '3' } };
    const { env } = await openSshdHost(test, { hosts, absent: ['gone'] });
    const who = person(test, env);
    const command = ['--host', '*', '--', 'echo "I am $NAME"; [ "$NAME" != 2 ]'];
    expect(readResults(await who.run(['exec', '--json', ...command]))).toMatchObject([
      { host: 'one', worker: 0, exitCode: 0, signal: null, stdout: 'I am 1\n', stderr: '', error: null },
      { host: 'two', worker: 0, exitCode: 1, signal: null, stdout: 'I am 2\n', stderr: '', error: null },
      { host: 'three', worker: 0, exitCode: 0, signal: null, stdout: 'I am 3\n', stderr: '', error: null },
      { host: 'gone', worker: 0, exitCode: null, signal: null, stdout: '', error: { code: 'connection-refused' } },
    ]);
    const shown = await who.run(['exec', ...command]);
    expect(shown.code).toBe(3);
    expect(shown.stdout).toBe('one: I am 1\ntwo: I am 2\nthree: I am 3\n');
    expect(shown.stderr).toMatch(/^two: exit 1$/m);
    expect(shown.stderr).toMatch(/^gone: .*connection refused/m);
    expect((await who.run(['exec', '--host', 'one,gone', '--', 'true'])).code).toBe(4);
  });
});

function readResults({ stdout }: Ended): unknown {
  return (JSON.parse(stdout) as { results: unknown }).results;
}
