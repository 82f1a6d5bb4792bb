import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeMeanings } from '../../src/cli/exit-codes.ts';
import { environmentVariables } from '../../src/cli/environment-variables.ts';
import { laterCommands } from '../../src/cli/later-commands.ts';
import { openBuiltFleet, readDocument, runProcess, type BuiltFleet } from '../support/built-fleet.ts';

let fleet: BuiltFleet;
beforeAll(async () => {
  fleet = await openBuiltFleet();
});
afterAll(() => fleet.remove());

async function copyWithoutBuild(): Promise<string> {
  const root = join(fleet.root, '..', 'unbuilt');
  await mkdir(root, { recursive: true });
  await cp(join(fleet.root, 'bin'), join(root, 'bin'), { recursive: true });
  await cp(join(fleet.root, 'package.json'), join(root, 'package.json'));
  return root;
}

describe('the entry', () => {
  it('answers --version without loading anything', async () => {
    const root = await copyWithoutBuild();
    const answered = await runProcess(process.execPath, [join(root, 'bin/fleet.js'), '--version'], { cwd: root, env: {} });
    expect(answered).toEqual({ code: 0, stdout: expect.stringMatching(/^fleet \d+\.\d+\.\d+\n$/) as string, stderr: '' });
  });

  it('says how to build when it has not been built', async () => {
    const root = await copyWithoutBuild();
    const answered = await runProcess(process.execPath, [join(root, 'bin/fleet.js'), 'status'], { cwd: root, env: {} });
    expect(answered.code).toBe(1);
    expect(answered.stdout).toBe('');
    expect(answered.stderr).toContain('npm run build');
  });

  it('tells an old Node which version is needed', async () => {
    const pretend = join(fleet.root, 'old-node.cjs');
    await writeFile(pretend, `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } });`);
    const answered = await runProcess(process.execPath, ['--require', pretend, fleet.bin, 'status'], {
      cwd: fleet.root,
      env: {},
    });
    expect(answered).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('expected version 20.19 or newer') as string,
    });
  });
});

describe('the help', () => {
  it('lists the commands and every exit code', async () => {
    const { code, stdout } = await fleet.run(['--help']);
    expect(code).toBe(0);
    for (const command of ['status', 'watch', 'hosts', 'lint']) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    for (const meaning of exitCodeMeanings) expect(stdout).toMatch(new RegExp(`^  ${meaning.code} +\\S`, 'm'));
  });

  it('begins with examples and names every variable of the environment', async () => {
    const { stdout } = await fleet.run(['--help']);
    expect(stdout).toMatch(/^EXAMPLES\n {2}fleet demo /m);
    for (const [name] of environmentVariables) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('does not list what is not built yet', async () => {
    const { stdout } = await fleet.run(['--help']);
    for (const name of laterCommands) expect(stdout).not.toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('is the same for "help status" and "status --help"', async () => {
    const [asCommand, asFlag] = await Promise.all([fleet.run(['help', 'status']), fleet.run(['status', '--help'])]);
    expect(asCommand).toEqual(asFlag);
    expect(asFlag.stdout).toContain('--all');
  });
});

describe('wrong usage', () => {
  it('names the nearest command', async () => {
    const answered = await fleet.run(['statsu']);
    expect(answered).toMatchObject({ code: 2, stdout: '' });
    expect(answered.stderr).toBe('error: fleet: unknown command "statsu"\n  hint: fleet status\n  hint: fleet --help\n');
  });

  it.each([
    { args: ['statsu', '--json'], code: 'unknown-command' },
    { args: ['status', '--json', '--al'], code: 'usage' },
    { args: ['status', 'one', 'two', '--json'], code: 'usage' },
    { args: ['watch', '--json'], code: 'usage' },
    { args: ['schema', 'nothing', '--json'], code: 'usage' },
    { args: ['--json', 'status'], code: 'usage' },
    { args: ['status', '--refresh', '--json'], code: 'not-yet' },
  ])('is one JSON document with --json: $args', async ({ args, code }) => {
    const answered = await fleet.run(args);
    expect(answered).toMatchObject({ code: 2, stderr: '' });
    const { error } = readDocument(answered);
    expect(error).toEqual({ code, message: expect.any(String) as string, suggestions: expect.any(Array) as string[] });
  });

  it('names the nearest flag', async () => {
    const { code, stderr } = await fleet.run(['status', '--al']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean --all?');
  });

  it('answers "not yet" to every command that is still to come', async () => {
    const answers = await Promise.all([...laterCommands].map((name) => fleet.run([name, 'list', '--json'])));
    for (const answered of answers) {
      expect(answered.code).toBe(2);
      expect(readDocument(answered)).toMatchObject({ error: { code: 'not-yet' } });
    }
  });

  it('does not take what stands after a lone -- for a flag', async () => {
    const answered = await fleet.run(['statsu', '--', '--json']);
    expect(answered).toMatchObject({ code: 2, stdout: '' });
  });
});
