import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { readDocument } from '../support/built-fleet.ts';
import { listenSilently, type SilentListener } from '../support/silent-listener.ts';
import { useBuiltFleet, type Workplace } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();
let listener: SilentListener;
beforeAll(async () => {
  listener = await listenSilently();
});
afterAll(() => listener.close());

interface Refusal {
  exit: number;
  code: string;
  says: RegExp;
}

const goodPlaybook = 'playbook: play\nlaunch: { run: ./train, log: train.log }\n';

/** Tries a launch that must not begin, in words and in JSON: one message each, its exit code, and nobody was called. */
async function expectRefusal(
  { folder, store, runWith, writeFiles }: Workplace,
  refusal: Refusal,
  attempt: { args?: string[]; inventory?: string; playbook?: string; env?: Record<string, string> },
): Promise<void> {
  const { inventory = `hosts:\n  one: { address: 127.0.0.1, ssh: { port: ${listener.port} } }\n`, playbook = goodPlaybook } =
    attempt;
  await writeFiles({ 'good/hosts.yaml': inventory, 'play.yaml': playbook });
  const args = attempt.args ?? ['launch', join(folder, 'play.yaml'), '--host', 'one'];
  const env = { XDG_DATA_HOME: join(folder, 'data'), FLEET_INVENTORIES: join(folder, 'good'), ...attempt.env };
  const [plain, json] = await Promise.all([runWith(env, ...args), runWith(env, ...args, '--json')]);
  expect(plain).toMatchObject({ code: refusal.exit, stdout: '' });
  expect(plain.stderr).toMatch(refusal.says);
  expect(plain.stderr.match(/^error: /gm)).toHaveLength(1);
  expect(plain.stderr).not.toMatch(/a defect in fleet|\n {4}at /);
  expect(json).toMatchObject({ code: refusal.exit, stderr: '' });
  const document = readDocument(json);
  expect(Object.keys(document)).toEqual(['error']);
  expect(document['error']).toMatchObject({
    code: refusal.code,
    message: expect.any(String) as string,
    suggestions: expect.any(Array) as string[],
  });
  expect(toldBy(document['error'])).toMatch(refusal.says);
  expect(store.listRuns(null)).toEqual([]);
  expect(existsSync(join(folder, 'data'))).toBe(false);
  expect(listener.connections()).toBe(0);
}

/** As it reads in words: problems, message and suggestions. */
function toldBy(error: unknown): string {
  const {
    message,
    suggestions,
    problems = [],
  } = error as {
    message: string;
    suggestions: string[];
    problems?: { file: string; line: number | null; path: string; message: string; suggestion: string | null }[];
  };
  const told = problems.map(
    ({ file, line, path, message, suggestion }) => `${file}:${line}: ${path}: ${message} (${suggestion})`,
  );
  return [...told, message, ...suggestions].join('\n');
}

const inFiles = { exit: 2, code: 'files-have-errors' };

describe('a launch with a bad inventory', () => {
  it.each([
    ['an unknown key', 'hosts:\n  one: { adress: 10.0.0.1 }\n', /hosts\.yaml:2.*adress[^]*address/],
    ['a wrong type', 'hosts:\n  one: { address: 10.0.0.1, ssh: { port: often } }\n', /hosts\.yaml:2.*port.*"often"/],
    ['a host twice', 'hosts:\n  one: { address: 10.0.0.1 }\n  one: { address: 10.0.0.2 }\n', /hosts\.yaml:3/],
    ['an unknown group', "hosts:\n  one: { address: 10.0.0.1 }\ngroups:\n  g: { members: '@gone' }\n", /hosts\.yaml:4.*gone/],
    [
      'groups that contain each other',
      "hosts:\n  one: { address: 10.0.0.1 }\ngroups:\n  a: { members: '@b' }\n  b: { members: '@a' }\n",
      /hosts\.yaml:[45].*@?a.*@?b/,
    ],
    [
      'a range of a million hosts',
      "hosts:\n  'node[000001-999999]': { address: '10.0.0.[1-999999]' }\n",
      /hosts\.yaml:2.*(1024|4096)/,
    ],
    ['a tab', 'hosts:\n\tone: { address: 10.0.0.1 }\n', /hosts\.yaml:2.*tab/i],
    [
      'an alias bomb',
      `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghij'].map((name, index) => `${name}: &${name} [${`*${'abcdefghi'[index] ?? 'a'}, `.repeat(9)}]`).join('\n')}\n`,
      /hosts\.yaml.*alias/,
    ],
    ['nothing in it', '', /hosts\.yaml.*empty/],
  ] as const)('of %s is refused', (_name, inventory, says) =>
    inWorkplace((workplace) => expectRefusal(workplace, { ...inFiles, says }, { inventory }))(),
  );

  it(
    'of 50 MB is refused unread',
    inWorkplace((workplace) => {
      const inventory = `hosts:\n${'# a comment that says nothing at all\n'.repeat(1_400_000)}`;
      return expectRefusal(workplace, { ...inFiles, says: /hosts\.yaml.*(MB|bytes)/ }, { inventory });
    }),
  );

  it(
    'of bytes that are no text is refused',
    inWorkplace(async (workplace) => {
      await mkdir(join(workplace.folder, 'bytes'));
      await writeFile(
        join(workplace.folder, 'bytes/hosts.yaml'),
        Buffer.from('hosts:\n  one: { address: "\xff\xfe" }\n', 'latin1'),
      );
      const env = { FLEET_INVENTORIES: join(workplace.folder, 'bytes') };
      await expectRefusal(workplace, { ...inFiles, says: /hosts\.yaml:2.*invalid UTF-8/ }, { env });
    }),
  );
});

describe('a launch with a bad playbook', () => {
  it.each([
    ['an unknown key', 'playbook: play\nlaunch: { run: ./train, log: a.log, comand: x }\n', /play\.yaml:2.*comand/],
    ['a wrong type', 'playbook: play\nlaunch: { run: [1, 2], log: a.log }\n', /play\.yaml:2.*launch\.run/],
    ['an expression that cannot be read', "playbook: play\nworkdir: '${{ 1 + }}'\n", /play\.yaml:2.*workdir/],
    ['a key that is not executed yet', `${goodPlaybook}schedule: { all: {} }\n`, /play\.yaml:3.*not yet.*schedule/],
    ['nothing in it', '', /play\.yaml.*empty/],
  ] as const)('of %s is refused', (_name, playbook, says) =>
    inWorkplace((workplace) => expectRefusal(workplace, { ...inFiles, says }, { playbook }))(),
  );

  it(
    'of nothing to launch is refused',
    inWorkplace((workplace) =>
      expectRefusal(
        workplace,
        { exit: 2, code: 'nothing-to-launch', says: /no "launch" section/ },
        { playbook: 'playbook: play\n' },
      ),
    ),
  );

  it(
    'that needs a secret which is not there is refused, with its name',
    inWorkplace((workplace) =>
      expectRefusal(
        workplace,
        { exit: 2, code: 'secret-missing', says: /TOKEN.*NOBODY_SET_THIS/ },
        { playbook: `${goodPlaybook}env: { TOKEN: { secret: { env: NOBODY_SET_THIS } } }\n` },
      ),
    ),
  );
});

describe('a launch that is typed wrong', () => {
  const usage = { exit: 2, code: 'usage' };
  const play = ['launch', 'prod-50k', '--host', 'one'];
  it.each([
    [['launch', 'prod-5k', '--host', 'one'], { exit: 2, code: 'playbook-not-found', says: /prod-5k[^]*prod-50k/ }],
    [['launch', './gone.yaml', '--host', 'one'], { exit: 2, code: 'playbook-not-found', says: /gone\.yaml/ }],
    [[...play, '--set', 'stesp=5'], { ...inFiles, says: /no param is called "stesp"[^]*"steps"/ }],
    [[...play, '--set', 'steps'], { ...usage, says: /--set: expected NAME=VALUE, got "steps"/ }],
    [[...play, '--set', '=5'], { ...usage, says: /--set: expected NAME=VALUE/ }],
    [[...play, '--set', 'steps=5', '--set', 'steps=6'], { ...usage, says: /"steps" is given twice/ }],
    [[...play, '--set', 'steps=often'], { ...inFiles, says: /steps.*whole number.*"often"/ }],
    [[...play, '--set', '__proto__=5'], { ...inFiles, says: /no param is called "__proto__"/ }],
    [['launch', 'prod-50k', '--host', 'two'], { exit: 2, code: 'no-host-matches', says: /"two"/ }],
    [['launch', 'prod-50k', '--host', ''], { exit: 2, code: 'invalid-pattern', says: /got nothing/ }],
    [['launch', 'prod-50k'], { ...usage, says: /missing required flag host/ }],
    [[...play, '--hots', 'two'], { ...usage, says: /--hots[^]*did you mean --host\?/ }],
    [[...play, 'another'], { ...usage, says: /another/ }],
    [[...play, '--point', 'a'], { ...inFiles, says: /no point is called "a", the playbook has none/ }],
    [[...play, '--waive', 'dsk=ok'], { exit: 2, code: 'usage', says: /no check that can be waived is called "dsk"/ }],
    [[...play, '--answer', 'who=me'], { exit: 2, code: 'usage', says: /the playbook does not ask "who", it asks nothing/ }],
    [['retry', 'abc'], { exit: 2, code: 'not-yet', says: /not yet: fleet retry/ }],
    [['lanuch', 'prod-50k'], { exit: 2, code: 'unknown-command', says: /"lanuch"[^]*fleet launch/ }],
    [['halt', '--grace', 'soon'], { ...usage, says: /--grace: .*"soon"/ }],
    [['halt', 'abc', '--all'], { ...usage, says: /RUN, --host or --all/ }],
    [['resume', 'abc'], { exit: 2, code: 'run-not-found', says: /"abc"/ }],
    [['logs', 'abc', '--tail', 'many'], { ...usage, says: /--tail.*many/ }],
    [['demo', '--fault', 'flood'], { ...usage, says: /--fault.*"flood".*hang/ }],
  ] as [string[], Refusal][])('as %j is refused', (args, refusal) =>
    inWorkplace((workplace) => expectRefusal(workplace, refusal, { args }))(),
  );
});

describe('a launch on a host that cannot be launched on', () => {
  const lab = { FLEET_INVENTORIES: 'inventories' };
  it.each([
    ['prime1', { exit: 4, code: 'host-address-unknown', says: /prime1.*the provider gives it when the box is rented/ }],
    ['tpu1', { exit: 4, code: 'host-address-unknown', says: /tpu1.*address is not known yet/ }],
  ])('%s is refused', (host, refusal) =>
    inWorkplace((workplace) => expectRefusal(workplace, refusal, { args: ['launch', 'prod-50k', '--host', host], env: lab }))(),
  );

  it.each([
    ['embedded: tpu-v5e-16', { exit: 2, code: 'not-yet', says: /not yet: embedded machine "tpu-v5e-16"/ }],
    [
      'embedded: tpu-v4-64',
      { exit: 2, code: 'embedded-workers', says: /"one": embedded machine "tpu-v4-64" has 8 workers, got 1/ },
    ],
    ['embedded: cpu, workers: 8', { exit: 2, code: 'embedded-workers', says: /machine "cpu" has 1 worker, got 8/ }],
  ])('as fleet does not pretend to have it is refused: %s', (line, refusal) =>
    inWorkplace((workplace) => expectRefusal(workplace, refusal, { inventory: `hosts:\n  one: { ${line} }\n` }))(),
  );
});

describe('a launch where runs cannot be remembered', () => {
  it.each([
    ['cannot be written', '/proc/fleet', /"\/proc\/fleet"/],
    ['lies below a file', '/etc/passwd/fleet', /"\/etc\/passwd\/fleet"/],
  ])('because the state folder %s is refused', (_name, folder, says) =>
    inWorkplace((workplace) =>
      expectRefusal(workplace, { exit: 1, code: 'state-folder-unwritable', says }, { env: { FLEET_STATE_DIR: folder } }),
    )(),
  );

  it(
    'because the database is no database is refused, and the file left as it was',
    inWorkplace(async (workplace) => {
      await workplace.writeFiles({ 'bad/fleet.db': 'not a database at all, but long enough to be one. '.repeat(200) });
      const env = { FLEET_STATE_DIR: join(workplace.folder, 'bad') };
      await expectRefusal(workplace, { exit: 1, code: 'corrupt-database', says: /fleet\.db/ }, { env });
    }),
  );

  it(
    'because a newer fleet wrote the database is refused with both versions',
    inWorkplace(async (workplace) => {
      openStore(join(workplace.folder, 'newer')).close();
      const database = new Database(join(workplace.folder, 'newer/fleet.db'));
      database.pragma('user_version = 999');
      database.close();
      const env = { FLEET_STATE_DIR: join(workplace.folder, 'newer') };
      await expectRefusal(workplace, { exit: 1, code: 'newer-database', says: /999.*version \d+/ }, { env });
    }),
  );
});
