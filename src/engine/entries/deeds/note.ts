import { rfc3339 } from '../../../clock.ts';
import { detachedExecutor } from '../../../remote/detached/executor.ts';
import { readFrom } from '../../../remote/files.ts';
import { appendNote } from '../../../remote/notes.ts';
import type { Entry } from '../../../playbook/entries/entry.ts';
import { sourceEntries } from '../../../playbook/entries/source-entry.ts';
import type { ResolvedPlaybook } from '../../../playbook/playbook.ts';
import type { CheckRecord } from '../../../store/check-records.ts';
import type { Drive } from '../../drive.ts';
import { readEnding } from '../../rollback/end-failed.ts';
import { isFailed } from '../check-rows.ts';
import { isUnit, unitName } from '../schedule.ts';
import type { Result } from './result.ts';

const outputBytes = 4_096;

/** Writes down what failed, what it printed and when, for whoever comes next. Once, also when it is asked again. */
export async function writeNote(drive: Drive, path: string): Promise<Result> {
  const { run } = drive.actor;
  const { text, message } = readEnding(drive);
  const mark = `(end of the note on run ${run})`;
  const output = (await readOutput(drive)).trim();
  const note = [
    `## ${rfc3339(drive.parts.clock.now())} ${drive.plan.playbook.name} on ${drive.host.name}: ${text}`,
    '',
    ...(message === null ? [] : [message, '']),
    ...(output === '' ? [] : ['Its output, the last of it:', '', ...output.split('\n').map((line) => `    ${line}`), '']),
    mark,
    '',
  ].join('\n');
  await drive.session.call(appendNote(drive.actor, drive.plan.playbook.workdir, path, { text: note, mark }));
  return { result: 'pass', expected: null, observed: `written to ${path}`, message: null };
}

/** Of the entry that failed, where it left any, else of the job. */
async function readOutput(drive: Drive): Promise<string> {
  const failed = drive.parts.store.readChecks(drive.actor.run).find((check) => check.phase !== 'rollback' && isFailed(check));
  const entry = failed === undefined ? undefined : findEntry(drive.plan.playbook, failed);
  if (failed !== undefined && entry !== undefined && isUnit(entry)) {
    const place = {
      attempt: drive.record().attempt,
      worker: drive.target.index,
      unit: unitName(failed, entry.retry?.times ?? 1),
    };
    const { stdout, stderr } = await drive.session.call(detachedExecutor.output(drive.actor.run, place, outputBytes));
    return `${stdout.toString()}${stderr.toString()}`;
  }
  return drive.record().startedAt === null ? '' : readLogEnd(drive);
}

function findEntry(playbook: ResolvedPlaybook, { phase, position }: CheckRecord): Entry | undefined {
  if (phase === 'prepare' || phase === 'verify') return playbook[phase][position];
  return phase === 'validate' ? [...sourceEntries(playbook), ...playbook.validate][position] : undefined;
}

async function readLogEnd(drive: Drive): Promise<string> {
  const { workdir, launch } = drive.plan.playbook;
  if (launch === null) return '';
  const read = (offset: number, maxBytes: number) =>
    drive.session.call(readFrom(workdir, { path: launch.log, offset, maxBytes, headBytes: 1 }));
  const size = await read(0, 0);
  if (size.kind !== 'file') return '';
  const end = await read(Math.max(0, size.size - outputBytes), outputBytes);
  return end.kind === 'file' ? end.bytes.toString() : '';
}
