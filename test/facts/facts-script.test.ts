import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { factsScript, plainQuestion } from '../../src/facts/facts-script.ts';
import { parseNvidia } from '../../src/facts/nvidia.ts';
import { nvidiaQueryScript } from '../../src/facts/nvidia-script.ts';
import { parseFacts } from '../../src/facts/parse-facts.ts';
import { isAlive } from '../support/local-host.ts';
import { parseSections, writeSections } from '../../src/facts/sections.ts';

const home = mkdtempSync(join(tmpdir(), 'fleet-facts-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].map((shell) => ({ shell: shell[0] ?? '', words: shell }));

function ask(words: string[], script: string, tools = ''): string {
  const [file = '', ...args] = words;
  const asked = spawnSync(file, [...args, '-s'], {
    input: script,
    encoding: 'utf8',
    timeout: 30_000,
    env: { HOME: home, PATH: `${tools}:/usr/bin:/bin:${join(process.execPath, '..')}` },
  });
  expect(asked.error).toBeUndefined();
  return asked.stdout;
}

function installTool(name: string, body: string): string {
  const folder = mkdtempSync(join(home, 'tools-'));
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

const row = '0, NVIDIA RTX A4000, GPU-1, 550.54, 16376, 5, 0, 30, 15.2, [N/A]';

describe.each(shells)('sections under $shell', ({ words }) => {
  it('survive each other: one that exits, one that fails, one that prints no line end', () => {
    const answers = parseSections(
      ask(
        words,
        writeSections([
          { name: 'exits', script: 'echo before; exit 7; echo after', timeoutSeconds: 5 },
          { name: 'reads', script: 'cat; printf "no end"', timeoutSeconds: 5 },
          { name: 'missing', script: 'exec fleet-no-such-tool', timeoutSeconds: 5 },
          { name: 'complains', script: 'echo "it' + "'" + 's wrong" >&2', timeoutSeconds: 5 },
        ]),
      ),
    );
    expect(answers.get('exits')).toEqual({ text: 'before', exitCode: 7, timedOut: false });
    expect(answers.get('reads')).toEqual({ text: 'no end', exitCode: 0, timedOut: false });
    expect(answers.get('missing')?.exitCode).toBe(127);
    expect(answers.get('complains')?.text).toBe("it's wrong");
  });

  it('that take too long are killed, and the next one still answers', () => {
    const answers = parseSections(
      ask(
        words,
        writeSections([
          { name: 'hangs', script: 'exec sleep 600', timeoutSeconds: 1 },
          { name: 'next', script: 'echo here', timeoutSeconds: 5 },
        ]),
      ),
    );
    expect(answers.get('hangs')).toMatchObject({ timedOut: true });
    expect(answers.get('next')?.text).toBe('here');
  });

  it('that hang in a child of a script end with that child, and cost their time once', () => {
    const pids = join(mkdtempSync(join(home, 'pids-')), 'child');
    const answers = parseSections(
      ask(
        words,
        writeSections([
          {
            name: 'hangs',
            script: `sh -c 'sh -c "echo \\$\\$ >${pids}; sleep 600; :"; echo late'; echo later`,
            timeoutSeconds: 1,
          },
          { name: 'follow-up', script: 'exec sleep 600', timeoutSeconds: 600, unlessHung: 'hangs' },
          { name: 'next', script: 'echo here', timeoutSeconds: 5, unlessHung: 'follow' },
        ]),
      ),
    );
    expect(answers.get('hangs')).toMatchObject({ timedOut: true, text: '' });
    expect(answers.has('follow-up')).toBe(false);
    expect(answers.get('next')?.text).toBe('here');
    expect(isAlive(Number(readFileSync(pids, 'utf8')))).toBe(false);
  });

  it('that no signal can end are left behind, and the next one still answers', () => {
    // No process of a test can be made to ignore KILL, so none is sent.
    const answers = parseSections(
      ask(
        words,
        writeSections([
          { name: 'stuck', script: 'sleep 4', timeoutSeconds: 1 },
          { name: 'next', script: 'echo here', timeoutSeconds: 5 },
        ]).replaceAll(/kill -(KILL|STOP) "\$1"/g, 'true'),
      ),
    );
    expect(answers.get('stuck')).toMatchObject({ timedOut: true });
    expect(answers.get('next')?.text).toBe('here');
  });

  it('tell the facts of this machine, with a disk path that does not exist yet', () => {
    mkdirSync(join(home, 'work dir'), { recursive: true });
    const paths = ['.', 'not/yet/there', '/'];
    const tools = installTool('nvidia-smi', `case "$1" in --query-gpu=*) echo '${row}' ;; esac`);
    const question = {
      ...{ setup: 'echo a banner', workdir: 'work dir', diskPaths: paths },
      ...{ tools: ['sh', 'no-such-tool'], endpoints: ['127.0.0.1:1'] },
    };
    const facts = parseFacts(ask(words, factsScript(question), tools), question);
    expect(facts.accelerators).toMatchObject({ kind: 'found', accelerators: [{ model: 'NVIDIA RTX A4000', processes: [] }] });
    expect(facts.disks.map(({ path }) => path)).toEqual(paths);
    for (const disk of facts.disks) expect(disk.freeBytes).toBeGreaterThan(0);
    expect(facts.disks[0]).toMatchObject({ totalBytes: facts.disks[1]?.totalBytes });
    expect(facts.memoryBytes).toBeGreaterThan(2 ** 27);
    expect(facts.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(facts.kernel).toMatch(/^Linux \d/);
    expect(facts.tools['nvidia-smi']).toBe(join(tools, 'nvidia-smi'));
    expect(facts.tools).toMatchObject({ 'tpu-info': null, 'no-such-tool': null });
    expect(facts.endpoints).toEqual({ '127.0.0.1:1': false });
    expect(facts.limits.openFiles).toBeGreaterThan(16);
    expect(facts.uptimeSeconds).toBeGreaterThan(1);
    expect(facts.git).toMatch(/^\d+\./);
    const { first, last } = facts.clock;
    expect(Math.abs((first ?? 0) - Date.now())).toBeLessThan(120_000);
    expect(last).toBeGreaterThanOrEqual(first ?? Infinity);
  });

  it('ask again with fewer fields when one is refused', () => {
    const tools = installTool(
      'nvidia-smi',
      `case "$1" in
*mig.mode*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2 ;;
--query-gpu=*) echo '0, GeForce GTX 1080 Ti, GPU-1, 384.130, 11172, 10, 3' ;;
esac`,
    );
    expect(parseNvidia(ask(words, nvidiaQueryScript(), tools))).toMatchObject({
      kind: 'found',
      accelerators: [{ model: 'GeForce GTX 1080 Ti', utilization: 3 }],
      problems: ['nvidia-smi does not know the field "mig.mode.current"'],
    });
  });

  it('say that the tool is not there', () => {
    expect(parseNvidia(ask(words, nvidiaQueryScript()))).toEqual({ kind: 'no-tool' });
  });
});

describe('facts', () => {
  it('of a broken setup lose python and the tools alone', () => {
    const facts = parseFacts(ask(['dash'], factsScript({ ...plainQuestion, setup: 'exit 3' })), plainQuestion);
    expect(facts.hostname).not.toBeNull();
    expect(facts.disks[0]?.freeBytes).toBeGreaterThan(0);
    expect(facts.python).toBeNull();
    expect(facts.problems).toContain('python3: nothing said, exit status 3');
  });

  it('of no answer at all are unknown, each with its problem', () => {
    const facts = parseFacts('', plainQuestion);
    expect(facts).toMatchObject({ hostname: null, memoryBytes: null, diskFreeBytes: null, python: null, tools: {} });
    expect(facts.accelerators.kind).toBe('failed');
    expect(facts.problems).toHaveLength(4);
  });

  it('read df from its right end, and a full disk as 0', () => {
    const df = 'Filesystem 1024-blocks Used Available Capacity Mounted on\n//nas/a b c 1000 1200 -200 100% /mnt/a b\n';
    const facts = parseFacts(`fleet-section-begin disk-0\n${df}\nfleet-section-end 0\n`, {
      ...plainQuestion,
      diskPaths: ['/mnt/a b'],
    });
    expect(facts.disks).toMatchObject([{ path: '/mnt/a b', freeBytes: 0, totalBytes: 1_024_000, freeInodes: null }]);
  });
});
