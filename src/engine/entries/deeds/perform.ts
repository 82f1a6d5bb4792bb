import type { Entry } from '../../../playbook/entries/entry.ts';
import type { Drive } from '../../drive.ts';
import { checkAcceleratorsFree } from './accelerators-free.ts';
import { archive } from './archive.ts';
import { checkOut } from './checkout.ts';
import { checkConfig } from './config.ts';
import { checkEnvironment } from './environment.ts';
import { checkFiles } from './files.ts';
import { haltStaleProcesses } from './halt-stale.ts';
import { writeNote } from './note.ts';
import { checkPackages } from './packages.ts';
import { checkProcesses } from './processes.ts';
import type { TryPlace } from './place.ts';
import type { Result } from './result.ts';
import { runCommand } from './run-command.ts';
import { sendFiles } from './send.ts';
import { readSignOff } from './sign-off.ts';
import { checkSource } from './source.ts';
import { quarantineHost } from '../../quarantine-host.ts';
import { questionSeconds } from '../schedule.ts';

/** The look or the change itself; it may be asked again after a crash. */
export async function performDeed(drive: Drive, entry: Entry, place: TryPlace): Promise<Result> {
  const { deed } = entry;
  const timeoutSeconds = entry.timeoutSeconds ?? questionSeconds;
  switch (deed.kind) {
    case 'run':
      return runCommand(drive, deed, entry, place);
    case 'accelerators-free':
      return checkAcceleratorsFree(drive);
    case 'config':
      return checkConfig(drive, deed);
    case 'files':
      return checkFiles(drive, deed, timeoutSeconds);
    case 'git':
      return checkSource(drive, deed);
    case 'python':
      return checkPackages(drive, deed, timeoutSeconds);
    case 'processes':
      return checkProcesses(drive, deed);
    case 'environment':
      return checkEnvironment(drive, deed, timeoutSeconds);
    case 'question':
      return readSignOff(drive, entry.name, deed);
    case 'halt-stale':
      return haltStaleProcesses(drive, deed.match);
    case 'send':
      return sendFiles(drive, deed, entry);
    case 'checkout':
      return checkOut(drive, deed, entry, place);
    case 'archive':
      return archive(drive, deed.globs);
    case 'note':
      return writeNote(drive, deed.path);
    case 'quarantine-host':
      quarantineHost(drive, deed.reason);
      return { result: 'pass', expected: null, observed: `${drive.host.name} is out of use`, message: null };
  }
}
