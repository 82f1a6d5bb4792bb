import { createHash } from 'node:crypto';
import { compilePattern } from '../../language/pattern.ts';
import { formatDuration } from '../../language/units.ts';
import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import { quote } from '../../quoting.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitPlace, UnitState } from '../../remote/executor.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import { authorScript } from '../author-script.ts';
import { carryUnit } from '../carry-unit.ts';
import type { Drive } from '../drive.ts';
import { pushEnvironment } from '../entries/deeds/run-command.ts';

const outputBytes = 65_536;

export interface Loaded {
  state: 'valid' | 'invalid';
  message: string | null;
}

/**
 * Has the author's command load it, as a unit of its own: a later controller adopts it. Null: it was stopped, or could not be begun, and says
 * nothing of the checkpoint.
 */
export async function loadCheckpoint(
  drive: Drive,
  { loads = null, finite = null }: CheckpointRules,
  { message }: CheckpointRecord,
  version: Version,
): Promise<Loaded | null> {
  if (loads === null) return null;
  const place = placeOfUnit(drive, 'loads', version);
  if (drive.environment.missing.length === 0) await pushEnvironment(drive, place.attempt);
  const command = loads.command.replaceAll('{checkpoint}', () => quote(version.path));
  const { timeLimitSeconds } = loads;
  const script = authorScript(drive, command);
  const answer = await carryUnit(drive, place, { script, timeLimitSeconds, needsEnvironment: true });
  if (answer.kind !== 'state' || isUndecided(answer.state)) return null;
  const { verdict, exitCode } = answer.state;
  if (verdict !== null) return { state: 'invalid', message: `not loaded within ${formatDuration(timeLimitSeconds)}` };
  const said = await drive.session.call(detachedExecutor.output(drive.actor.run, place, outputBytes));
  const [stdout, stderr] = [said.stdout.toString(), said.stderr.toString()];
  if (exitCode !== 0) return { state: 'invalid', message: `does not load: exit ${exitCode}${lastLine(stderr, stdout)}` };
  if (finite !== null && !isFoundIn(finite, `${stdout}\n${stderr}`))
    return { state: 'invalid', message: `loads, and does not say "${finite}"${lastLine(stdout, stderr)}` };
  return { state: 'valid', message };
}

/** The content of a checkpoint, and how often something was tried with it before. */
export interface Version {
  path: string;
  stamp: string;
  triesBefore: number;
}

/** The same one for the same content, whoever asks. */
export function placeOfUnit(drive: Drive, purpose: string, { path, stamp, triesBefore }: Version): UnitPlace {
  const content = createHash('sha256').update(`${path}\n${stamp}`).digest('hex').slice(0, 16);
  const unit = `${purpose}-${content}${triesBefore === 0 ? '' : `-try${triesBefore + 1}`}`;
  return { attempt: drive.record().attempt, worker: drive.target.index, unit };
}

/** Stopped with the attempt, or gone with the machine. */
function isUndecided({ word, exitCode, verdict, haltMoves }: UnitState): boolean {
  return word !== 'exited' || exitCode === null || (verdict === null && haltMoves.length > 0);
}

function isFoundIn(source: string, text: string): boolean {
  const compiled = compilePattern(source);
  return compiled.ok && compiled.pattern.test(text);
}

function lastLine(...texts: string[]): string {
  const line = texts.map((text) => text.trim().split('\n').at(-1) ?? '').find((text) => text !== '');
  return line === undefined ? '' : `: ${line.slice(0, 200)}`;
}
