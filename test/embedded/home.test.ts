import { execFile, execFileSync, spawn } from 'node:child_process';
import { appendFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { installHome } from '../../src/embedded/home.ts';
import { makeFolder, runOnce, startHost } from './setup.ts';

const run = promisify(execFile);
const branch = 'feat/nsa-training-breakthrough-stable-a100';
const inventory = join(import.meta.dirname, '../../inventories/demo.yaml');

let place: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  place = await makeFolder();
});

afterAll(async () => {
  await place.remove();
});

test('the workspace is the commit that the demo inventory names, clean and on its branch', async () => {
  const host = await startHost(place);
  const { stdout } = await runOnce(
    host,
    'cd nsa-vibe && git rev-parse HEAD && git branch --show-current && git status --porcelain',
  );
  await host.close();
  const [commit = '', current, ...dirty] = stdout.trim().split('\n');
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(current).toBe(branch);
  expect(dirty).toEqual([]);
  expect(await readFile(inventory, 'utf8')).toContain(commit);
});

test('the commit is the same under any git settings of the person', async () => {
  const [home, foreign] = [join(place.folder, 'plain'), join(place.folder, 'foreign')];
  await installHome(home, place.assetsDir, 'a100x2');
  const settings = join(place.folder, 'gitconfig');
  await writeFile(
    settings,
    '[user]\nname = X\nemail = x@y\n[commit]\ngpgsign = true\n[core]\nautocrlf = true\nfileMode = false\n',
  );
  vi.stubEnv('GIT_CONFIG_GLOBAL', settings);
  vi.stubEnv('GIT_DIR', '/nonexistent');
  vi.stubEnv('GIT_AUTHOR_NAME', 'Y');
  vi.stubEnv('TZ', 'Asia/Tokyo');
  try {
    await installHome(foreign, place.assetsDir, 'a100x2');
  } finally {
    vi.unstubAllEnvs();
  }
  expect(commitOf(foreign)).toBe(commitOf(home));
});

test('a second start changes nothing, and keeps what a person changed', async () => {
  const home = join(place.folder, 'again');
  await installHome(home, place.assetsDir, 'a100x2');
  await appendFile(join(home, 'nsa-vibe/README.md'), 'a note\n');
  const before = await stat(join(home, 'bin/python3'));
  await installHome(home, place.assetsDir, 'a100x2');
  expect((await stat(join(home, 'bin/python3'))).mtimeMs).toBe(before.mtimeMs);
  expect(await readFile(join(home, 'nsa-vibe/README.md'), 'utf8')).toContain('a note');
  expect(await readdir(join(home, '.pretend'))).toEqual(['machine', 'new-workspaces', 'programs', 'workspaces']);
});

test('what a process that was killed had begun is removed', async () => {
  const home = join(place.folder, 'killed');
  const begun = join(home, '.pretend/new-workspaces', `${process.pid}-1-x`);
  await mkdir(begun, { recursive: true });
  await writeFile(join(begun, 'README.md'), '');
  await installHome(home, place.assetsDir, 'a100x2');
  expect(await readdir(join(begun, '..'))).toEqual([]);
});

test('a newer workspace moves the repository on, and keeps its artifacts', async () => {
  const home = join(place.folder, 'newer');
  await installHome(home, place.assetsDir, 'a100x2');
  const first = commitOf(home);
  const artifacts = join(home, 'nsa-vibe/artifacts/run');
  await mkdir(artifacts, { recursive: true });
  await writeFile(join(artifacts, 'training.csv'), '1,2\n');
  await appendFile(join(home, 'nsa-vibe/README.md'), 'a note\n');

  const assets = join(place.folder, 'newer-assets');
  await cp(place.assetsDir, assets, { recursive: true });
  await rm(join(assets, 'workspaces/nsa-vibe/scripts/run_gpu_causality_test.sh'));
  await writeFile(join(assets, 'workspaces/nsa-vibe/NOTES.md'), 'new\n');
  await installHome(home, assets, 'a100x2');

  expect(commitOf(home)).not.toBe(first);
  expect(git(home, 'status', '--porcelain')).toBe('');
  expect(git(home, 'branch', '--show-current')).toBe(branch);
  expect(await readdir(join(home, 'nsa-vibe/scripts'))).toEqual(['run_2xa100_production.sh', 'train_showcase.py']);
  expect(await readFile(join(artifacts, 'training.csv'), 'utf8')).toBe('1,2\n');
});

test('several fleet processes may start the same host at once', async () => {
  const program = join(place.folder, 'start.cjs');
  await build({
    stdin: {
      contents: `
        import { startEmbeddedHost } from '../../src/embedded/embedded-host.ts';
        const [dataDir, assetsDir] = process.argv.slice(2);
        startEmbeddedHost({ name: 'demo', machine: 'a100x2', dataDir, assetsDir, environment: {} }).then(async (host) => {
          console.log((await import('node:fs')).readFileSync(host.knownHosts, 'utf8').split(' ')[2].trim());
          await host.close();
        });`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['cpu-features', '*.node'],
    logLevel: 'error',
  });
  const dataDir = join(place.folder, 'shared');
  const start = () => run(process.execPath, [program, dataDir, place.assetsDir], { timeout: 30_000 });
  const keys = (await Promise.all([start(), start(), start(), start()])).map(({ stdout }) => stdout);

  expect(new Set(keys).size).toBe(1);
  const home = join(dataDir, 'demo/home');
  expect(git(home, 'status', '--porcelain')).toBe('');
  expect(await readdir(join(dataDir, 'demo'))).toEqual(['client_key', 'home', 'host_key', 'known_hosts']);
  expect(await readdir(join(dataDir, 'demo/known_hosts'))).toEqual([]);
  expect(await readdir(join(home, '.pretend'))).toEqual(['machine', 'new-workspaces', 'programs', 'workspaces']);
});

test('a machine without git gets one clear answer', async () => {
  vi.stubEnv('PATH', join(place.folder, 'empty'));
  try {
    await expect(installHome(join(place.folder, 'no-git'), place.assetsDir, 'a100x2')).rejects.toMatchObject({
      code: 'embedded-needs-git',
      message: expect.stringContaining('git: command not found') as string,
    });
  } finally {
    vi.unstubAllEnvs();
  }
});

test('assets that were not built get one clear answer', async () => {
  const missing = installHome(join(place.folder, 'no-assets'), join(place.folder, 'nothing'), 'a100x2');
  await expect(missing).rejects.toMatchObject({ code: 'embedded-program-missing' });
});

test.skipIf(!hasProgram('ssh'))('the ssh of the system gets in, with the host key checked', async () => {
  const host = await startHost(place);
  const args = ['-F', '/dev/null', '-i', host.keyFile, '-o', 'IdentitiesOnly=yes', '-o', 'StrictHostKeyChecking=yes'];
  args.push('-o', `UserKnownHostsFile=${host.knownHosts}`, '-p', String(host.port), `${host.user}@${host.host}`);
  const command = spawn('ssh', [...args, 'nvidia-smi -L; cat; exit 9'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  command.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  command.stdin.end('through stdin\n');
  const code = await new Promise((resolve) => command.once('close', resolve));
  await host.close();
  expect(code).toBe(9);
  expect(output).toMatch(/^GPU 0: NVIDIA A100 80GB PCIe \(UUID: GPU-[0-9a-f-]{36}\)\nGPU 1: .*\nthrough stdin\n$/);
});

function git(home: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: join(home, 'nsa-vibe'), encoding: 'utf8' }).trim();
}

function commitOf(home: string): string {
  return git(home, 'rev-parse', 'HEAD');
}

function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      execFileSync('test', ['-x', join(folder, name)]);
      return true;
    } catch {
      return false;
    }
  });
}
