import type { Phase } from '../../../lifecycle/states.ts';
import type { Entry } from '../../../playbook/playbook.ts';
import type { Drive } from '../../drive.ts';
import { checkAcceleratorsFree } from './accelerators-free.ts';
import { archive } from './archive.ts';
import { checkConfig } from './config.ts';
import { checkFiles } from './files.ts';
import { haltStaleProcesses } from './halt-stale.ts';
import type { Result } from './result.ts';
import { runCommand } from './run-command.ts';

export function performDeed(drive: Drive, entry: Entry, place: { phase: Phase; position: number }): Promise<Result> {
  const { deed } = entry;
  switch (deed.kind) {
    case 'run':
      return runCommand(drive, deed, entry, place);
    case 'accelerators-free':
      return checkAcceleratorsFree(drive);
    case 'config':
      return checkConfig(drive, deed);
    case 'files':
      return checkFiles(drive, deed);
    case 'halt-stale':
      return haltStaleProcesses(drive, deed.match);
    case 'archive':
      return archive(drive, deed.globs);
  }
}
