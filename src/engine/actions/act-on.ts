import type { Drive } from '../drive.ts';
import type { Look } from '../job/job-monitor.ts';
import { findCauses } from './causes.ts';
import { limitActions } from './limit.ts';
import { readAnswered, readUnits } from './remembered.ts';
import { followBeside } from './run-beside.ts';
import { takeAction } from './take-action.ts';

const defaultCooldownSeconds = 600;
const defaultTimeoutSeconds = 600;
const lookEveryMs = 500;

export interface Actions {
  /** Answers what a look has brought, as the playbook says. True: the run is being halted now. */
  answer(look: Look): Promise<boolean>;
  /** The job is over: what was begun beside it is waited for. */
  finish(): Promise<void>;
}

/** One at a time, in their order. With `--observe` a cause is told, and nothing is done. */
export function watchCauses(drive: Drive): Actions {
  const { clock } = drive.parts;
  const rules = drive.plan.playbook.monitor;
  const cooldownMs = (rules?.cooldownSeconds ?? defaultCooldownSeconds) * 1000;
  const limit = limitActions(cooldownMs, readAnswered(drive), clock.monotonic());
  let open = readUnits(drive).open;

  async function followOpen(): Promise<void> {
    const left: typeof open = [];
    for (const work of open) if (!(await followBeside(drive, work, timeoutOf(work.command)))) left.push(work);
    open = left;
  }

  function timeoutOf(command: string): number {
    const all = [...(rules?.criteria ?? []), ...(rules?.flags ?? []), ...(rules?.stall ? [rules.stall] : [])];
    const actions = all.flatMap(({ then = [] }) => then);
    const found = actions.find((action) => typeof action === 'object' && action.run === command);
    return (typeof found === 'object' ? found.timeoutSeconds : null) ?? defaultTimeoutSeconds;
  }

  return {
    async answer(look) {
      if (rules === null) return false;
      if (open.length > 0) await followOpen();
      for (const answer of limit.choose(findCauses(rules, look), clock.monotonic())) {
        const { cause, actions } = answer;
        if (cause.name === 'stall') tellStall(drive, cause.text);
        const taken = drive.plan.observe === true ? (['notify'] as const) : actions;
        for (const action of taken) {
          if (await takeAction(drive, answer, action)) return true;
          open = readUnits(drive).open;
        }
      }
      return false;
    },
    async finish() {
      while (open.length > 0) {
        await followOpen();
        if (open.length === 0) return;
        await clock.wait(lookEveryMs, drive.signal);
        drive.signal.throwIfAborted();
      }
    },
  };
}

function tellStall(drive: Drive, text: string): void {
  drive.must(drive.parts.store.recordHealth(drive.lease, 'red', drive.event('stall', text)));
}
