// Bundles the commands into dist/, copies what the embedded host needs, and writes oclif.manifest.json.
// `node build.js` builds in place; `node build.js FOLDER` builds a runnable copy of the program there.
import { build as bundle } from 'esbuild';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = dirname(fileURLToPath(import.meta.url));

// What bundled CommonJS code expects to find. Several entries share chunks, so the names must not meet anybody's own.
const commonJsBanner = [
  "import { createRequire as bannerCreateRequire } from 'node:module';",
  "import { fileURLToPath as bannerFileURLToPath } from 'node:url';",
  "import { dirname as bannerDirname } from 'node:path';",
  'const require = bannerCreateRequire(import.meta.url);',
  'const __filename = bannerFileURLToPath(import.meta.url);',
  'const __dirname = bannerDirname(__filename);',
].join('\n');

const common = {
  absWorkingDir: source,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
  loader: { '.sh': 'text' },
  banner: { js: commonJsBanner },
};

export async function build(root) {
  const dist = join(root, 'dist');
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  if (root !== source) await copyProgram(root);
  await Promise.all([bundleProgram(dist), bundlePretendTools(dist), copyWorkspaces(dist)]);
  await writeManifest(root);
}

async function bundleProgram(dist) {
  const commands = await listFiles('src/commands', '.ts');
  await bundle({
    ...common,
    entryPoints: [
      { in: 'src/cli/main.ts', out: 'main' },
      ...commands.map((file) => ({ in: join('src/commands', file), out: join('commands', file.replace(/\.ts$/, '')) })),
    ],
    outdir: dist,
    splitting: true,
    // Native code stays outside; oclif asks for a TypeScript compiler that is never needed here.
    external: ['better-sqlite3', 'ssh2', 'typescript', 'ts-node'],
  });
}

/** Each pretend tool is one file that Node runs by itself, on a host. */
async function bundlePretendTools(dist) {
  const tools = await listFiles('src/embedded/pretend', '.ts');
  if (tools.length === 0) return;
  await bundle({
    ...common,
    entryPoints: tools.map((file) => ({ in: join('src/embedded/pretend', file), out: file.replace(/\.ts$/, '') })),
    outdir: join(dist, 'pretend'),
    sourcemap: false,
  });
}

async function copyWorkspaces(dist) {
  const workspaces = join(source, 'src/embedded/workspaces');
  if (existsSync(workspaces)) await cp(workspaces, join(dist, 'workspaces'), { recursive: true });
}

async function copyProgram(root) {
  for (const name of ['package.json', 'bin', 'inventories', 'playbooks']) {
    await cp(join(source, name), join(root, name), { recursive: true });
  }
  await symlink(join(source, 'node_modules'), join(root, 'node_modules'));
}

/** Lets oclif find a command without loading all of them. */
async function writeManifest(root) {
  const { Plugin } = await import('@oclif/core');
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  });
  await plugin.load();
  await writeFile(join(root, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest, null, 2)}\n`);
}

async function listFiles(folder, extension) {
  const path = join(source, folder);
  if (!existsSync(path)) return [];
  const entries = await readdir(path, { recursive: true });
  return entries.filter((entry) => entry.endsWith(extension)).toSorted();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build(resolve(process.argv[2] ?? source));
}
