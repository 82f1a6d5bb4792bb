import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../atomic-file.ts';
import { contend, runGit } from '../git.ts';
import { listOwnPackages } from '../python/packages.ts';
import { makeVenv } from '../python/venv.ts';
import { writeCheckpoint } from '../training/checkpoint.ts';
import { computeFigures } from '../training/curves.ts';
import { cpuCheckpoint } from './check-gpu.ts';
import { readWorldModelConfig } from './config.ts';
import { formatMetricsRow, metricsHeader } from './outputs.ts';

interface VerifiedPlaces {
  repository: string;
  /** The files that it was made from. */
  sourceDir: string;
  /** The pretend python3, and the version that it says it is. */
  pythonBundle: string;
  pythonVersion: string;
}

const cpuTorch = '2.2.0+cpu';

/**
 * Adds what git does not keep of a repository that was verified on the CPU: the environment, the run that was made there, and the tag of
 * today. `isNew`: the commit is another than before.
 */
export async function prepareWorldModel(places: VerifiedPlaces, isNew: boolean): Promise<void> {
  const { repository, sourceDir, pythonBundle, pythonVersion } = places;
  const venv = join(repository, '.venv_cpu');
  if (!existsSync(join(venv, 'pyvenv.cfg'))) makeVenv(venv, pythonBundle, pythonVersion, listOwnPackages(cpuTorch));
  await writeCpuRun(repository, join(sourceDir, 'configs/base.yaml'));
  await tagAsVerified(repository, formatDay(new Date()), isNew);
}

async function writeCpuRun(repository: string, configFile: string): Promise<void> {
  const checkpoint = join(repository, cpuCheckpoint);
  if (existsSync(checkpoint)) return;
  const config = readWorldModelConfig(configFile, 'cpu', 1_000);
  const steps = Array.from({ length: config.steps }, (_, index) => index + 1).filter(
    (step) => step === 1 || step % config.logEvery === 0,
  );
  const course = { pace: null, nanFromStep: null, throughputFromStep: null };
  const rows = steps.map((step) => formatMetricsRow(computeFigures(config, course, 0, step), config));
  await mkdir(dirname(checkpoint), { recursive: true });
  await replaceFile(join(dirname(checkpoint), '../metrics.csv'), metricsHeader + rows.join(''), 0o644);
  writeCheckpoint(checkpoint, config.checkpointBytes);
}

/** The tag of an earlier day goes: the verification is repeated each day, on the commit that is there. */
async function tagAsVerified(repository: string, day: string, isNew: boolean): Promise<void> {
  const tag = `cpu-verified-${day}`;
  const list = async () =>
    (await runGit(repository, ['tag', '--list', 'cpu-verified-*'])).split('\n').filter((name) => name !== '');
  const isDone = async () => (await list()).join() === tag;
  if (!isNew && (await isDone())) return;
  await contend(async () => {
    const old = (await list()).filter((name) => name !== tag);
    await runGit(repository, ['tag', '--force', tag, 'HEAD']);
    if (old.length > 0) await runGit(repository, ['tag', '--delete', ...old]);
  }, isDone);
}

/** `20261122`, as `date +%Y%m%d` on this computer says. */
function formatDay(date: Date): string {
  return `${date.getFullYear()}${String(date.getMonth() + 1).padStart(2, '0')}${String(date.getDate()).padStart(2, '0')}`;
}
