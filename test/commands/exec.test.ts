import { describe, expect, it } from 'vitest';
import { usePeople, type Person } from '../support/person.ts';

const { person } = usePeople();
const onDemo = ['exec', '--host', 'demo-a100x2'];

async function resultsOf(who: Person, ...args: string[]) {
  const { code, stdout, stderr } = await who.run(args);
  return { code, stderr, results: (JSON.parse(stdout) as { results: Record<string, unknown>[] }).results };
}

describe.concurrent('fleet exec', () => {
  it('sends the words after -- to the host as they were typed', async (test) => {
    const who = person(test);
    const plain = await who.run([...onDemo, '--', 'echo', '--json', '-la', '--', '--host', "it's"]);
    expect(plain).toMatchObject({ code: 0, stdout: "--json -la -- --host it's\n", stderr: '' });
    const listed = await who.run([...onDemo, '--', 'ls', '-la']);
    expect(listed.stdout).toMatch(/^total \d+\n.* nsa-vibe$/ms);
    const json = await resultsOf(who, ...onDemo, '--json', '--', 'printf', '%s\n', '--json', '--help', '--no-color');
    expect(json).toMatchObject({ code: 0, stderr: '', results: [{ stdout: '--json\n--help\n--no-color\n' }] });
  });

  it('gives every field of a result, and exit code 3 for a command that failed', async (test) => {
    const { code, results } = await resultsOf(person(test), ...onDemo, '--json', '--', 'echo out; echo err >&2; exit 7');
    expect(code).toBe(3);
    expect(results).toEqual([
      {
        host: 'demo-a100x2',
        worker: 0,
        exitCode: 7,
        signal: null,
        stdout: 'out\n',
        stderr: 'err\n',
        seconds: expect.any(Number) as number,
        error: null,
      },
    ]);
  });

  it('gives every host that cannot be reached its own line, and exit code 4', async (test) => {
    const who = person(test);
    const { code, results } = await resultsOf(who, 'exec', '--host', '@gpu', '--json', '--', 'true');
    expect(code).toBe(4);
    expect(results.map(({ host }) => host)).toEqual(['a4000', 'prime1', 'rx5600xt', 'h100x8']);
    expect(results[1]).toMatchObject({ exitCode: null, error: { code: 'host-address-unknown' } });
    const plain = await who.run(['exec', '--host', 'prime1', '--', 'true']);
    expect(plain).toMatchObject({ code: 4, stdout: '' });
    expect(plain.stderr).toMatch(/^host "prime1": the address is not known yet: .*\n {2}hint: /);
  });

  it.for([
    { args: ['exec', 'hostname'], says: 'expected "--" and a command after it' },
    { args: [...onDemo], says: 'expected "--" and a command after it' },
    { args: [...onDemo, '--'], says: 'expected a command after "--"' },
    { args: ['exec', '--', 'hostname'], says: 'missing required flag host' },
  ])('says what is missing in $args', async ({ args, says }, test) => {
    const answered = await person(test).run(args);
    expect(answered).toMatchObject({ code: 2, stdout: '' });
    expect(answered.stderr).toContain(says);
  });

  it('stops at Ctrl-C with exit code 130', async (test) => {
    const started = person(test).start([...onDemo, '--', 'echo begun; exec sleep 60']);
    await test.expect.poll(() => started.said().stdout, { timeout: 20_000 }).toBe('begun\n');
    started.kill('SIGINT');
    expect(await started.ended).toMatchObject({ code: 130 });
  });
});
