import { compilePattern } from '../../language/pattern.ts';
import { readFrom } from '../../remote/files.ts';
import type { Drive } from '../drive.ts';
import { isSilence } from '../host-session.ts';
import { launchOf } from '../job/job.ts';
import type { Sight } from './worker-eyes.ts';

/** A worker says that it is ready soon after its start, or never. */
const mostBytes = 1024 * 1024;

/** A worker that does not answer is asked again with the next look. */
function passOverSilence(error: unknown): null {
  if (isSilence(error)) return null;
  throw error;
}

/** Whether each worker has said in its log that it is ready. What it said once is not asked again. */
export function watchReady({ plan: { playbook } }: Drive): { look(sights: readonly Sight[]): Promise<number[]> } {
  const compiled = playbook.gang?.ready == null ? null : compilePattern(playbook.gang.ready);
  const ready = new Set<number>();

  async function isReady({ worker, state }: Sight): Promise<boolean> {
    if (compiled?.ok !== true) return true;
    const wanted = { path: launchOf(worker).log, offset: state.logStart ?? 0, maxBytes: mostBytes, headBytes: 1 };
    const part = await worker.session.callOnce(readFrom(playbook.workdir, wanted)).catch(passOverSilence);
    return (
      part?.kind === 'file' &&
      part.bytes
        .toString()
        .split('\n')
        .some((line) => compiled.pattern.test(line))
    );
  }

  return {
    /** Those of `sights` that have not said so yet, by their positions. */
    async look(sights) {
      const open = sights.filter(({ worker }) => !ready.has(worker.target.index));
      const answers = await Promise.all(
        open.map(async (sight) => ({ index: sight.worker.target.index, ready: await isReady(sight) })),
      );
      for (const answer of answers) if (answer.ready) ready.add(answer.index);
      return answers.filter((answer) => !answer.ready).map(({ index }) => index);
    },
  };
}
