import { pumpNotifications } from '../engine/notifications/pump.ts';
import { FilesHaveErrors, formatProblem } from '../problem.ts';
import type { Context } from './context.ts';
import { writeTrouble } from './output.ts';
import { describeWaiting } from './render/outbox.ts';

export interface Telling {
  /** Sends what is due once more, within a few seconds. What could not be sent, in words. */
  stop(): Promise<string[]>;
}

const silent: Telling = { stop: () => Promise.resolve([]) };

/** People are told beside what this process does. Settings with errors stop nothing that is under way: a launch looks at them before. */
export async function startTelling(context: Context): Promise<Telling> {
  const settings = await readSettings(context);
  const parts = settings === null ? null : await context.notifyParts();
  if (settings === null || parts === null) return silent;
  const stopping = new AbortController();
  const pump = pumpNotifications(parts, settings, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await pump;
      const names = settings.channels.map(({ name }) => name);
      return describeWaiting(parts.store.outbox.list(Infinity), names, context.clock.now());
    },
  };
}

async function readSettings(context: Context) {
  try {
    return await context.readNotifySettings();
  } catch (error) {
    if (!(error instanceof FilesHaveErrors)) throw error;
    writeTrouble([...error.problems.map(formatProblem), `nobody is told what happens: ${error.message}`]);
    return null;
  }
}
