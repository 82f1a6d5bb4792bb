import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installPrograms } from './install-programs.ts';
import { installWorkspace } from './install-workspace.ts';
import { keepCurrent } from './atomic-file.ts';
import { writeCache } from './eeg-challenge/cache.ts';
import { rocmFolder } from './environment.ts';
import { requireMachine, type Machine } from './machines.ts';
import { prepareWorldModel } from './world-model/prepare.ts';
import { nameOwnMachine } from './own-machine.ts';

/** Puts the pretend programs and the workspaces of a machine in place. Safe to call again, and by several processes at once. */
export async function installHome(home: string, assetsDir: string, machineName: string): Promise<void> {
  const machine = requireMachine(machineName);
  const pretendDir = join(home, '.pretend');
  await mkdir(pretendDir, { recursive: true });
  await nameOwnMachine(pretendDir, machineName);
  await installRocm(home, machine);
  await installPrograms(home, join(assetsDir, 'pretend'), machine);
  for (const name of machine.workspaces) {
    const [repository, sourceDir] = [join(home, name), join(assetsDir, 'workspaces', name)];
    const isNew = await installWorkspace(home, name, sourceDir);
    if (name === 'eeg-challenge') await writeCache(repository);
    if (name !== 'world-model') continue;
    const pythonBundle = join(pretendDir, 'programs/python3.mjs');
    await prepareWorldModel({ repository, sourceDir, pythonBundle, pythonVersion: machine.python }, isNew);
  }
}

/** What tells which ROCm a machine has; a home may have been another machine's before. */
async function installRocm(home: string, { amd }: Machine): Promise<void> {
  const folder = rocmFolder(home);
  if (amd === null) {
    await rm(folder, { recursive: true, force: true });
    return;
  }
  await mkdir(join(folder, '.info'), { recursive: true });
  await keepCurrent(join(folder, '.info/version'), `${amd.runtime}-90\n`, 0o644);
}
