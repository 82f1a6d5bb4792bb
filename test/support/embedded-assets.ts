import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const source = join(import.meta.dirname, '../../src/embedded');

/** Makes in `folder` what the build makes for the embedded hosts: the bundles of the pretend programs, and the workspace. */
export async function buildEmbeddedAssets(folder: string): Promise<string> {
  const programs = (await readdir(join(source, 'pretend'))).filter((name) => name.endsWith('.ts'));
  await build({
    entryPoints: programs.map((name) => join(source, 'pretend', name)),
    outdir: join(folder, 'pretend'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  });
  await cp(join(source, 'workspace'), join(folder, 'workspace'), { recursive: true });
  return folder;
}
