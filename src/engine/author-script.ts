import { withSetup } from '../remote/author-command.ts';
import type { Drive } from './drive.ts';
import { workerLines } from './gang/worker-variables.ts';
import { slotLines } from './slot-variables.ts';

/** What every command of an author runs as on a worker. `own`: lines for the shell that this one alone has before its setup. */
export function authorScript(drive: Drive, command: string, own = ''): string {
  return `${placeLines(drive)}${own}${withSetup(setupOf(drive), command)}`;
}

/** Lines for the shell that tell a command which accelerators are its own, and which of several workers it is on. */
export function placeLines(drive: Drive): string {
  return `${slotLines(drive)}${workerLines(drive)}`;
}

export function setupOf(drive: Drive): string {
  return [drive.host.setup, drive.plan.playbook.setup].filter((lines) => lines.trim() !== '').join('\n');
}
