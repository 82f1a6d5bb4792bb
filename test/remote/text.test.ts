import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askAuthorCommand, exportLines, withSetup } from '../../src/remote/author-command.ts';
import { claimHost, putEnvironment, tidyRun } from '../../src/remote/claims.ts';
import { readLines, UnexpectedAnswer } from '../../src/remote/command.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { archiveFiles, latestFiles, listFiles, readFrom, stampNewest } from '../../src/remote/files.ts';
import { sayHello } from '../../src/remote/hello.ts';
import { hostScript, sendHostScript, shellGlob, shellPath, withHostScript } from '../../src/remote/host-script.ts';
import { signalMembers, lookForMembers } from '../../src/remote/members.ts';
import { lookAtSource } from '../../src/remote/source.ts';
import { haltStale } from '../../src/remote/stale.ts';
import { missingReason } from '../support/local-host.ts';

const actor = { run: "r'1", token: 7 };
const place = { attempt: 2, worker: 3, unit: 'job' };
const nasty = `it's "$HOME" \`id\` $(id)\n-x ~/`;

describe('the text of a question', () => {
  test.each([
    [sayHello(), 'hello'],
    [claimHost(actor, `ann's\nlaptop`), `claim_host 'r'\\''1' 7 'ann'\\''s laptop'`],
    [tidyRun(actor), `tidy 'r'\\''1' 7`],
    [putEnvironment(actor, 2, 3, `export A='b'\n`), `printf '%s' 'export A='\\''b'\\''\n' | put_env 'r'\\''1' '7' '2' '3' 'env'`],
    [detachedExecutor.state('r', place), `state 'r' '2' '3' 'job'`],
    [detachedExecutor.watch({ run: 'r', token: 7 }, place), `watch 'r' '7' '2' '3' 'job'`],
    [
      detachedExecutor.requestHalt(actor, { graceSeconds: 1.5, force: true, reason: `a\n "b"` }),
      `request_halt 'r'\\''1' '7' '2' '1' 'a "b"' ''`,
    ],
    [
      detachedExecutor.requestHalt(actor, { graceSeconds: null, force: false, reason: nasty, attempt: 4 }),
      `request_halt 'r'\\''1' '7' '' '0' 'it'\\''s "$HOME" \`id\` $(id) -x ~/' '4'`,
    ],
    [lookForMembers('r'), `look 'r'`],
    [signalMembers(actor, 'train.py', 'USR1'), `dump 'r'\\''1' '7' 'train.py' '10' 'USR1'`],
    [haltStale(actor, 'train.py', '~/work'), `halt_stale 'r'\\''1' '7' 'train.py' '~/work' '10'`],
    [
      readFrom('~/work', { path: '-x y', offset: 5, maxBytes: 10, headBytes: 0 }),
      `enter '~/work' 2>/dev/null || { say absent; exit 0; }\nread_from '-x y' 5 10 0`,
    ],
    [
      listFiles('w', ['a b/*.pt', '~/c?']),
      `enter 'w' 2>/dev/null || { say listed; exit 0; }\nlist_files 'a b/'*'.pt' "$HOME"/'c'?`,
    ],
    [
      latestFiles('w', '~/a b*.csv', "it's"),
      `enter 'w' 2>/dev/null || { say listed; exit 0; }\nlatest_files 'it'\\''s' "$HOME"/'a b'*'.csv'`,
    ],
    [stampNewest('w', 'x?.db', '-wal'), `enter 'w' 2>/dev/null || { say now 0; exit 0; }\nstamp_newest '-wal' 'x'?'.db'`],
    [
      archiveFiles({ run: 'r', token: 7 }, 'w', ['.HALT', 'x[0-9]']),
      `fence 'r' 7\nenter 'w' 2>/dev/null || { say archived-all; exit 0; }\narchive 'r' '.HALT' 'x'[0-9]`,
    ],
  ])('%o', ({ body }, expected) => {
    expect(body).toBe(expected);
  });

  test('a start carries every value of the unit in quotes', () => {
    const { body } = detachedExecutor.start({ run: 'r', token: 7 }, place, {
      script: nasty,
      workdir: '~/w',
      log: null,
      timeLimitSeconds: 1.2,
      needsEnvironment: true,
      needsClaim: false,
      sentinel: '.HALT',
      prove: { process: 'train.py', variables: ['A', 'B'] },
      stall: { file: 'beat.jsonl', contains: `"it's"`, noNewLineSeconds: 60, firstLineSeconds: 90.5 },
      disk: { path: '.', freeBytes: 4097 },
      sampling: { script: 'nvidia-smi', everySeconds: 10, beside: 'training.csv' },
      profile: 'gpu',
      graceSeconds: 0.5,
      then: [{ signal: 'TERM' }, { waitSeconds: 59.1 }, { signal: 'KILL' }],
    });
    const expected = `unit_script='it'\\''s "$HOME" \`id\` $(id)
-x ~/'
unit_workdir='~/w'
unit_log=''
unit_limit='2'
unit_sentinel='.HALT'
unit_grace='1'
unit_moves='TERM wait:60 KILL'
unit_prove='train.py
A B
'
unit_stall='beat.jsonl
"it'\\''s"
60
91
'
unit_disk='.
5
'
unit_sample='nvidia-smi'
unit_sample_every='10'
unit_sample_beside='training.csv'
unit_profile='gpu'
unit_files=''
unit_next=''
unit_needs_env='1'
unit_needs_claim='0'
start 'r' '7' '2' '3' 'job'`;
    expect(body).toBe(expected);
  });

  test("an author's command runs in the workdir, with the environment, after the setup", () => {
    const { body } = askAuthorCommand({
      run: 'r',
      attempt: 1,
      worker: 0,
      workdir: 'w',
      setup: '. venv/bin/activate\n\n',
      command: "python3 -c 'print(1)'",
      environment: exportLines([{ name: 'A', value: "it's" }]),
      timeoutSeconds: 9,
    });
    expect(body.slice(body.indexOf("enter 'w'"))).toBe(`enter 'w' || exit 126
export A='it'\\''s'

export FLEET_RUN_ID='r' FLEET_ATTEMPT=1 FLEET_WORKER_INDEX=0
exec sh -c '. venv/bin/activate
python3 -c '\\''print(1)'\\'''`);
    expect(withSetup('  \n', 'x')).toBe('x');
  });

  test("the folder on a host is never relative, and a tilde is the host's home", () => {
    const folderLine = (remoteDir: string | null) => withHostScript(remoteDir, '').split('\n', 1)[0];
    expect(folderLine(null)).toBe(`FLEET_DIR="$HOME"/'.local/state/fleet'`);
    expect(folderLine('~/fleet data')).toBe(`FLEET_DIR="$HOME"/'fleet data'`);
    expect(folderLine('/data/$x')).toBe(`FLEET_DIR='/data/$x'`);
    expect(folderLine('data')).toBe(`FLEET_DIR="$HOME"/'data'`);
  });

  test('the script travels as one quoted word, under a name made of its own text', () => {
    const sent = sendHostScript(null);
    expect(sent).toContain(`'${hostScript.replaceAll("'", `'\\''`)}'`);
    expect(sent).toMatch(/^FLEET_SCRIPT=\$FLEET_DIR\/lib\/host-[0-9a-f]{16}\.sh$/m);
  });

  test('whatever stands in a path or a pattern, the shell reads it as it was written', () => {
    const echo = (word: string) => execFileSync('sh', ['-c', `cd /; HOME=/h; printf '%s' ${word}`], { encoding: 'utf8' });
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
    const plain = fc.stringMatching(/^[ -~]*$/).filter((value) => !/[*?[]/.test(value));
    fc.assert(
      fc.property(text, (path) => {
        const expected = path === '~' ? '/h' : path.startsWith('~/') ? `/h/${path.slice(2)}` : path;
        expect(echo(shellPath(path))).toBe(expected);
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(plain, (path) => {
        expect(shellGlob(path)).toBe(path === '' ? '' : shellPath(path));
      }),
      { numRuns: 60 },
    );
    expect(shellGlob('*~')).toBe("*'~'");
    expect(shellGlob('a[!b-d]*?')).toBe("'a'[!b-d]*?");
    expect(shellGlob('[$(id)]')).toBe("'[$(id)]'");
  });

  test('a NUL byte is refused before anything is sent', () => {
    expect(() => lookForMembers('a\0b')).toThrow('NUL');
  });
});

describe('an answer', () => {
  test('that has another form than ours is a defect that shows what came', () => {
    const answer = { exitCode: 127, stdout: Buffer.from('Welcome!\n'), stderr: Buffer.from('hello: not found') };
    const commands = [
      sayHello(),
      claimHost(actor, 'x'),
      tidyRun(actor),
      detachedExecutor.state('r', place),
      lookForMembers('r'),
      listFiles('w', []),
      stampNewest('w', 'x', ''),
    ];
    for (const command of commands) {
      expect(() => command.parse(answer)).toThrow(UnexpectedAnswer);
      expect(() => command.parse(answer)).toThrow(
        `${command.name}: unexpected answer: exit 127, stdout "Welcome!\\n", stderr "hello: not found"`,
      );
    }
  });

  test('that was cut off is not taken for a whole one', () => {
    const answer = (text: string) => ({ exitCode: 0, stdout: Buffer.from(text), stderr: Buffer.alloc(0) });
    expect(() => lookForMembers('r').parse(answer('process 1 S init\n'))).toThrow(UnexpectedAnswer);
    expect(lookForMembers('r').parse(answer('process 1 S init --x \nlooked\n'))).toEqual([
      { pid: 1, state: 'S', command: 'init --x' },
    ]);
    expect(() => detachedExecutor.state('r', place).parse(answer('uptime 5\nincarnation a b c d e\n'))).toThrow(UnexpectedAnswer);
    expect(() => detachedExecutor.state('r', place).parse(answer('uptime 5\nincarnation a b c d e\nstate asleep\n'))).toThrow(
      UnexpectedAnswer,
    );
    expect(() => readFrom('w', { path: 'x', offset: 0, maxBytes: 1, headBytes: 0 }).parse(answer(''))).toThrow(UnexpectedAnswer);
  });

  test('is read line by line, a word and the rest', () => {
    expect(readLines(Buffer.from('a\nb  c d\n\n'))).toEqual([
      { word: 'a', rest: '' },
      { word: 'b', rest: ' c d' },
    ]);
  });
});

describe('the host script', () => {
  const missing = missingReason('shellcheck');
  test.skipIf(missing !== null)('has nothing that shellcheck finds', () => {
    const found = run('shellcheck', ['-s', 'sh', '-f', 'gcc', '-'], hostScript);
    expect(found).toBe('');
  });

  test('uses none of what a small host does not have', () => {
    const code = hostScript.replaceAll(/^ *#.*$/gm, '');
    for (const tool of [
      'pgrep',
      'pkill',
      'ps',
      'timeout',
      'nohup',
      'awk',
      'bash',
      'stat',
      'realpath',
      'mktemp',
      'flock',
      'tee',
    ]) {
      expect(code).not.toMatch(new RegExp(`(^|[|;&(] *|\\$\\()${tool} `, 'm'));
    }
    expect(code).not.toMatch(/\|\| *(true|:)/);
    expect(code).not.toMatch(/kill -\w+ -- |kill -s /);
  });

  test('asks git only through a shell of its own', () => {
    expect(lookAtSource('~/w', '').body).toMatch(/^enter '~\/w' 2>\/dev\/null \|\| \{ say no-workdir; exit 0; \}\nexec sh -c '/);
  });
});

function run(program: string, args: string[], input: string): string {
  try {
    return execFileSync(program, args, { input, encoding: 'utf8' });
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}
