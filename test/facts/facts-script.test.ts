import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acceleratorsScript, samplingScript } from '../../src/facts/accelerator-sections.ts';
import { factsScript, type FactsQuestion } from '../../src/facts/facts-script.ts';
import { parseFacts } from '../../src/facts/parse-facts.ts';
import { parseAccelerators } from '../../src/facts/read-accelerators.ts';
import { missingReason } from '../support/local-host.ts';
import { setUpBench, shells } from './shells.ts';

const row = '0, NVIDIA RTX A4000, GPU-1, 550.54, 16376, 5, 0, 30, 15.2, [N/A]';
const plain: FactsQuestion = { setup: '', workdir: '.', diskPaths: ['.'], tools: [], endpoints: [] };

function read(output: string, { diskPaths, endpoints }: FactsQuestion) {
  const now = Date.now();
  return parseFacts(output, { diskPaths, endpoints, at: { sentMs: now - 60_000, receivedMs: now } });
}

/** A server on this machine: one that answers anything with `text`. */
async function serve(context: { onTestFinished: (clean: () => void) => void }, answer: (path: string) => string | null) {
  const server = createServer((request, response) => {
    const text = answer(request.url ?? '');
    response.writeHead(text === null ? 404 : 200).end(text ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe.concurrent.each(shells)('the facts of this machine under $shell', ({ words }) => {
  it('have all that a question named, whatever the setup prints', async (context) => {
    const { ask, install, home } = setUpBench(context);
    mkdirSync(join(home, 'work dir'));
    install('ffmpeg', 'exit 0');
    install('python3', 'echo 3.11.2');
    install('git', 'echo git version 2.39.5');
    const port = await serve(context, () => '');
    const question = {
      setup: 'echo a banner',
      workdir: 'work dir',
      diskPaths: ['.', 'not/yet/there', '/'],
      tools: ['ffmpeg', 'fleet-no-such-tool'],
      endpoints: [`127.0.0.1:${port}`, '127.0.0.1:9'],
    };
    const facts = read(await ask(words, factsScript(question)), question);
    expect(facts.disks.map(({ path }) => path)).toEqual(question.diskPaths);
    for (const disk of facts.disks) expect(disk.freeBytes).toBeGreaterThan(0);
    expect(facts.disks[0]).toMatchObject({ totalBytes: facts.disks[1]?.totalBytes });
    expect(facts.memoryBytes).toBeGreaterThan(2 ** 27);
    expect(facts.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(facts.kernel).toMatch(/^Linux \d/);
    expect(facts.uptimeSeconds).toBeGreaterThan(0);
    expect(facts.limits.openFiles).toBeGreaterThan(0);
    expect(facts.clock?.uncertaintySeconds).toBeLessThan(60);
    expect(facts).toMatchObject({ python: '3.11.2', git: '2.39.5' });
    expect(facts.tools['ffmpeg']).toMatch(/\/ffmpeg$/);
    expect(facts.tools).toMatchObject({ 'fleet-no-such-tool': null, 'tpu-info': null });
    expect(facts.accelerators).toEqual({ kind: 'no-tool' });
  });

  it('connect side by side with whatever tool there is', async (context) => {
    const { ask } = setUpBench(context);
    const port = await serve(context, () => '');
    const question = { ...plain, endpoints: ['127.0.0.1:1', `127.0.0.1:${port}`] };
    const facts = read(await ask(words, factsScript(question)), question);
    expect(facts.network.map(({ endpoint, reachable }) => [endpoint, reachable])).toEqual([
      ['127.0.0.1:1', false],
      [`127.0.0.1:${port}`, true],
    ]);
  });

  it('tell who is on an NVIDIA card, by user and whole command line', async (context) => {
    const { ask, install } = setUpBench(context);
    const rows = `GPU-1, ${process.pid}, [Not Found], 9000`;
    install('nvidia-smi', `case "$1" in --query-gpu=*) echo '${row}' ;; --query-compute*) echo '${rows}' ;; esac`);
    const answer = parseAccelerators(await ask(words, acceleratorsScript('')));
    const [{ processes }] = answer.kind === 'found' ? answer.accelerators : [{ processes: null }];
    expect(processes).toMatchObject([{ pid: process.pid, user: userInfo().username, memoryBytes: 9000 * 2 ** 20 }]);
    expect(processes?.[0]?.command).not.toBe('');
  });

  it('ask again with fewer fields when one is refused', async (context) => {
    const { ask, install } = setUpBench(context);
    install(
      'nvidia-smi',
      `case "$1" in
*mig.mode*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2 ;;
--query-gpu=*) echo '0, GeForce GTX 1080 Ti, GPU-1, 384.130, 11172, 10, 3' ;;
esac`,
    );
    expect(parseAccelerators(await ask(words, samplingScript('')))).toMatchObject({
      kind: 'found',
      accelerators: [{ model: 'GeForce GTX 1080 Ti', utilization: 3 }],
      problems: ['nvidia-smi does not know the field "mig.mode.current"'],
    });
  });

  it('ask an old rocm-smi in its own words, and amd-smi where there is no other', async (context) => {
    const old = setUpBench(context);
    old.install(
      'rocm-smi',
      `case "$*" in *--json*) echo 'rocm-smi: error: unrecognized arguments: --showbus'; exit 2 ;; esac
printf 'GPU[0]\\t\\t: Card series: \\t\\tVega 20\\nGPU[0]\\t\\t: GPU use (%%): 7\\n'`,
    );
    expect(parseAccelerators(await old.ask(words, samplingScript('')))).toMatchObject({
      accelerators: [{ vendor: 'amd', model: 'Vega 20', utilization: 7 }],
    });
    const newest = setUpBench(context);
    newest.install('amd-smi', `test "$1" != metric || echo '[{"gpu": 0, "usage": {"gfx_activity": {"value": 9, "unit": "%"}}}]'`);
    expect(parseAccelerators(await newest.ask(words, samplingScript('')))).toMatchObject({
      accelerators: [{ vendor: 'amd', utilization: 9 }],
    });
  });

  it('find the tools of ROCm where only login shells look', async (context) => {
    const { ask, home } = setUpBench(context);
    mkdirSync(join(home, 'rocm/bin'), { recursive: true });
    const tool = join(home, 'rocm/bin/rocm-smi');
    writeFileSync(tool, `#!/bin/sh\necho '{"card0": {"GPU use (%)": "7"}}'\n`, { mode: 0o755 });
    for (const script of [samplingScript(''), acceleratorsScript('')]) {
      expect(parseAccelerators(await ask(words, script, { ROCM_PATH: join(home, 'rocm') }))).toMatchObject({
        accelerators: [{ vendor: 'amd', utilization: 7 }],
      });
    }
  });

  it('ask the metadata of a TPU worker, where somebody says that there is one', async (context) => {
    const { ask, install } = setUpBench(context);
    install('tpu-info', `printf 'TPU Chips\\n| /dev/accel0 | TPU v4 chip | 1 | None |\\n'`);
    const port = await serve(context, (path) => (path.endsWith('/tpu-env') ? "ACCELERATOR_TYPE: 'v4-8'\nZONE: 'z'\n" : null));
    const environment = { GCE_METADATA_HOST: `127.0.0.1:${port}`, http_proxy: 'http://127.0.0.1:9' };
    const facts = read(await ask(words, factsScript(plain), environment), plain);
    expect(facts.tpu).toMatchObject({ type: 'v4-8', chips: 4, zone: 'z' });
    expect(facts.accelerators).toMatchObject({ kind: 'found', accelerators: [{ vendor: 'google', model: 'TPU v4', index: 0 }] });
  });

  it('ask the metadata of a TPU worker by a wget that crashes when it is given a limit', async (context) => {
    const { ask, install } = setUpBench(context);
    const wget = install('wget', `case " $* " in *" -T "*) exit 139 ;; esac\nPATH=/usr/bin:/bin exec busybox wget "$@"`);
    const port = await serve(context, () => "ACCELERATOR_TYPE: 'v4-64'\n");
    const question = { ...plain, setup: `PATH=${dirname(wget)}` };
    const output = await ask(words, factsScript(question), { GCE_METADATA_HOST: `127.0.0.1:${port}` });
    expect(read(output, question).tpu).toMatchObject({ type: 'v4-64', chips: 32, workers: 8 });
  });
});

describe('facts', () => {
  it('of a broken setup lose what needs it alone', async (context) => {
    const question = { ...plain, setup: 'exit 3' };
    const facts = read(await setUpBench(context).ask(['dash'], factsScript(question)), question);
    expect(facts.hostname).not.toBeNull();
    expect(facts.disks[0]?.freeBytes).toBeGreaterThan(0);
    expect(facts.python).toBeNull();
    expect(facts.problems).toContain('python3: nothing said, exit status 3');
  });

  it.skipIf(missingReason('busybox') !== null)('of a host that has nothing but busybox are there too', async (context) => {
    const { ask, home } = setUpBench(context);
    const applets = join(home, 'applets');
    const port = await serve(context, () => '');
    mkdirSync(applets);
    spawnSync('busybox', ['--install', '-s', applets]);
    const question = { ...plain, endpoints: [`127.0.0.1:${port}`] };
    const facts = read(await ask([join(applets, 'sh')], factsScript(question), { PATH: applets }), question);
    expect(facts).toMatchObject({ python: null, git: null, accelerators: { kind: 'no-tool' }, network: [{ reachable: true }] });
    expect(facts.disks[0]?.freeInodes).toBeGreaterThan(0);
    expect(facts.clock).not.toBeNull();
  });

  it('of no answer at all are unknown, each with its problem', () => {
    const facts = parseFacts('', { diskPaths: ['.'], endpoints: ['a:1'], at: null });
    expect(facts).toMatchObject({ hostname: null, memoryBytes: null, diskFreeBytes: null, python: null, tools: {}, clock: null });
    expect(facts.network).toEqual([{ endpoint: 'a:1', reachable: null, message: 'it was not tried' }]);
    expect(facts.accelerators.kind).toBe('failed');
    expect(facts.problems).toHaveLength(5);
  });
});
