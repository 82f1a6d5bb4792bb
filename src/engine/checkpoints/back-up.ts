import { createHash } from 'node:crypto';
import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import { copyScript, parseSums, sumScript, type SummedFile } from '../../remote/copies.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import { readFrom } from '../../remote/files.ts';
import { createScrubber } from '../../scrubber.ts';
import { carryUnit } from '../carry-unit.ts';
import type { Drive } from '../drive.ts';
import { openHostSession } from '../host-session.ts';
import { NotBackedUp, type CopyPlace } from './copy-place.ts';
import { placeOfUnit, type Version } from './load-checkpoint.ts';
import { placeHere } from './place-here.ts';
import { placeOnHost } from './place-on-host.ts';

const chunkBytes = 4_194_304;
const outputBytes = 4_194_304;

export interface BackUp {
  /** Where the copy lies. */
  backUp: string;
  sha256: string;
}

/**
 * Copies a checkpoint, and compares the checksums of the two. What a controller that died has copied is gone on from. Throws NotBackedUp, or that the
 * other host is silent.
 */
export async function backUpCheckpoint(drive: Drive, { backUp = null }: CheckpointRules, version: Version): Promise<BackUp> {
  if (backUp === null) throw new TypeError('no place for copies');
  const { remoteDir } = drive.host;
  const folder = `${backUp.path.replace(/\/+$/, '')}/${drive.actor.run}`;
  const { path } = version;
  const name = nameOfCopy(path);
  if (backUp.kind === 'same') {
    const sums = await askUnit(drive, 'copy', copyScript(remoteDir, path, folder, name), version);
    return { backUp: `${folder}/${name}`, sha256: sumOf(sums) };
  }
  const sums = await askUnit(drive, 'sums', sumScript(remoteDir, path), version);
  const place = backUp.kind === 'here' ? placeHere(folder, drive.signal) : placeOnHost(drive, plannedPlace(drive), folder);
  if (!(await copyAll(drive, place, { path, name, sums })) && !(await copyAll(drive, place, { path, name, sums })))
    throw new NotBackedUp(`${path}: the copy differs from it, twice`);
  await place.finish(name);
  return { backUp: place.describe(name), sha256: sumOf(sums) };
}

/** False: what was copied is not the same, and is not kept. */
async function copyAll(
  drive: Drive,
  place: CopyPlace,
  { path, name, sums }: { path: string; name: string; sums: SummedFile[] },
): Promise<boolean> {
  const read = readUnscrubbed(drive);
  for (const file of sums) {
    const [from, to] = file.name === '.' ? [path, name] : [`${path}/${file.name}`, `${name}/${file.name}`];
    let size = await place.sizeOf(to);
    while (size < file.size) {
      drive.signal.throwIfAborted();
      const bytes = await read(from, size, Math.min(chunkBytes, file.size - size));
      if (bytes.length === 0) throw new NotBackedUp(`${from}: it is shorter than it was`);
      size = await place.append(to, size, bytes);
    }
  }
  if (isSame(await place.sums(name), sums)) return true;
  await place.drop(name);
  return false;
}

/** A copy is byte for byte the same, whatever stands in it. */
function readUnscrubbed(drive: Drive): (path: string, offset: number, maxBytes: number) => Promise<Buffer> {
  const { run } = drive.actor;
  const session = openHostSession(drive.parts, drive.host, drive.plan.targets[0] ?? { worker: 0, address: null }, {
    run,
    scrubber: createScrubber([], []),
    contact: { reached: () => undefined, missed: () => undefined },
    signal: drive.signal,
    patienceMs: Number.POSITIVE_INFINITY,
    machine: () => drive.parts.store.readWorkers(run)[0]?.incarnation ?? null,
  });
  return async (path, offset, maxBytes) => {
    const wanted = { path, offset, maxBytes, headBytes: 1 };
    const part = await session.call(readFrom(drive.plan.playbook.workdir, wanted));
    return part.kind === 'file' ? part.bytes : Buffer.alloc(0);
  };
}

async function askUnit(drive: Drive, purpose: 'copy' | 'sums', script: string, version: Version): Promise<SummedFile[]> {
  const place = placeOfUnit(drive, purpose, version);
  const answer = await carryUnit(drive, place, { script, timeLimitSeconds: null, needsEnvironment: false });
  if (answer.kind !== 'state') throw new NotBackedUp(`${version.path}: ${answer.kind}`);
  const { stdout, stderr } = await drive.session.call(detachedExecutor.output(drive.actor.run, place, outputBytes));
  const sums = parseSums(stdout);
  if (sums !== null && sums.length > 0 && answer.state.exitCode === 0) return sums;
  const said = `${stderr.toString().trim()} ${stdout.toString().trim()}`.trim().slice(-200);
  throw new NotBackedUp(`${version.path}: exit ${answer.state.exitCode ?? 'unknown'}${said === '' ? '' : `: ${said}`}`);
}

function plannedPlace(drive: Drive) {
  const { backUpHost = null } = drive.plan;
  if (backUpHost === null) throw new NotBackedUp('the plan does not hold the host that keeps copies');
  return backUpHost;
}

function isSame(one: readonly SummedFile[], other: readonly SummedFile[]): boolean {
  return describeSums(one) === describeSums(other);
}

/** Of a file its own; of a folder that of its list, as `sha256sum` writes one. */
function sumOf(sums: readonly SummedFile[]): string {
  const [first] = sums;
  return first?.name === '.' ? first.sha256 : createHash('sha256').update(describeSums(sums)).digest('hex');
}

function describeSums(sums: readonly SummedFile[]): string {
  return sums
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .toSorted()
    .join('');
}

/** Below the folder of copies, whatever the pattern of the playbook leads to. */
export function nameOfCopy(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
}
