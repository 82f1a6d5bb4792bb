import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../support/built-fleet.ts';
import { useBuiltFleet } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();

describe('fleet hosts, lint and schema', () => {
  it(
    'shows the shipped hosts, and why one has no address yet',
    inWorkplace(async ({ run }) => {
      const { code, stdout } = await run('hosts');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^prime1 .*2 x A100.*address not known yet: /m);
      const { hosts } = readDocument(await run('hosts', 'tpu1', '--json')) as { hosts: { workers: object[] }[] };
      expect(hosts).toMatchObject([{ name: 'tpu1', reach: 'pending', ssh: null }]);
      expect(hosts[0]?.workers).toHaveLength(8);
    }),
  );

  it(
    'accepts the key of exactly one host that has an address',
    inWorkplace(async ({ run }) => {
      const several = await run('hosts', '@gpu', '--accept-host-key', 'SHA256:abc', '--json');
      expect(several.code).toBe(2);
      expect(readDocument(several)).toMatchObject({ error: { code: 'one-host-expected' } });
      const pending = await run('hosts', 'prime1', '--accept-host-key', 'SHA256:abc', '--json');
      expect(pending.code).toBe(2);
      expect(readDocument(pending)).toMatchObject({ error: { code: 'host-address-unknown' } });
    }),
  );

  it(
    'tells every problem of every inventory file at once, with its place',
    inWorkplace(async ({ run, folder, writeFiles }) => {
      await writeFiles({ 'inventories/bad.yaml': 'hosts:\n  one: { adress: a }\n  two: { address: 7 }\n' });
      const args = ['--inventory', join(folder, 'inventories')];
      const plain = await run('hosts', ...args);
      expect(plain).toMatchObject({ code: 2, stdout: '' });
      expect(plain.stderr).toMatch(/bad\.yaml:2:\d+: .*adress/);
      expect(plain.stderr).toMatch(/bad\.yaml:3:\d+: /);
      const answered = await run('hosts', ...args, '--json');
      expect(answered).toMatchObject({ code: 2, stderr: '' });
      const { error } = readDocument(answered) as { error: { code: string; problems: { line: number }[] } };
      expect(error.code).toBe('files-have-errors');
      expect(error.problems.map(({ line }) => line)).toEqual(expect.arrayContaining([2, 3]));
    }),
  );

  it(
    'lints playbooks and inventories by what is in them, and refuses a file that is neither',
    inWorkplace(async ({ run, folder, writeFiles }) => {
      await writeFiles({
        'hosts.yaml': 'hosts:\n  one: { address: 10.0.0.1 }\n',
        'play.yaml': 'playbook: play\nlaunch: { comand: ./train }\n',
        'other.yaml': 'a: 1\n',
      });
      const good = await run('lint', join(folder, 'hosts.yaml'), '--json');
      expect(good.code).toBe(0);
      expect(readDocument(good)).toEqual({ problems: [] });
      const bad = await run(
        'lint',
        join(folder, 'play.yaml'),
        join(folder, 'other.yaml'),
        join(folder, 'missing.yaml'),
        '--json',
      );
      expect(bad.code).toBe(2);
      const { problems } = readDocument(bad) as { problems: { file: string; severity: string }[] };
      expect(new Set(problems.map(({ file }) => file.split('/').at(-1)))).toEqual(
        new Set(['play.yaml', 'other.yaml', 'missing.yaml']),
      );
      expect(problems.every(({ severity }) => severity === 'error')).toBe(true);
    }),
  );

  it.each(['inventory', 'playbook', 'notify'])('prints the JSON Schema of an %s', (format) =>
    inWorkplace(async ({ run }) => {
      const plain = await run('schema', format);
      expect(plain.code).toBe(0);
      expect(readDocument(plain)).toMatchObject({ title: `fleet ${format}`, type: 'object' });
      expect((await run('schema', format, '--json')).stdout).toBe(plain.stdout);
    })(),
  );
});
