import type { MonitorAction } from '../../playbook/monitor/monitor.ts';
import { stopAttempt } from '../attempts/stop-attempt.ts';
import type { Drive } from '../drive.ts';
import { quarantineHost } from '../quarantine-host.ts';
import { beginHalt } from '../halt/wish-halt.ts';
import { collectStackDumps } from '../job/stack-dumps.ts';
import { askForCheckpoint } from './checkpoint-now.ts';
import { nameAction, type Answer } from './limit.ts';
import { readUnits, type TakenDetail } from './remembered.ts';

/** Takes one action, and keeps that it was taken. True: the run is `halting` now. */
export async function takeAction(drive: Drive, { cause, round }: Answer, action: MonitorAction): Promise<boolean> {
  const { attempt } = drive.record();
  const describe = (unit: string | null): TakenDetail => {
    return { taken: { attempt, cause: cause.name, round, count: cause.count, action: nameAction(action), unit } };
  };
  const tell = (text: string) => drive.tell('action', `${nameAction(action)}: ${text}`, describe(null));
  switch (action) {
    case 'notify':
      drive.tell('notify', cause.text, describe(null));
      return false;
    case 'stack-dump':
      for (const text of await collectStackDumps(drive)) drive.tell('stack-dump', `stack dump: ${text}`, describe(null));
      return false;
    case 'checkpoint-now':
      tell(`${cause.text}: ${await askForCheckpoint(drive)}`);
      return false;
    case 'quarantine':
      drive.parts.store.together(() => {
        for (const worker of drive.workers) quarantineHost(worker, cause.text);
        tell(cause.text);
      });
      return false;
    case 'restart':
    case 'fallback':
      await stopAttempt(drive, action, cause.text);
      return false;
    case 'halt':
      beginHalt(drive, ['running', 'lingering'], cause.text, 'failed');
      return true;
    case 'give-up':
      beginHalt(drive, ['running', 'lingering'], cause.text, 'failed', 'hopeless');
      return true;
    default: {
      const { begun, open } = readUnits(drive);
      const [busy] = open;
      if (busy === undefined) drive.tell('action', `run: ${cause.text}: ${action.run}`, describe(`action-${begun.length + 1}`));
      else tell(`not begun, since "${busy.command}" is still at work`);
      return false;
    }
  }
}
