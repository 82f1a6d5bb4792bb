import type { Reason } from '../../monitor/health.ts';
import type { RunMonitor } from '../../monitor/run-monitor.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitState } from '../../remote/executor.ts';
import type { OffsetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';
import { filesOfJob, jobPlace, type JobFile } from './job.ts';
import { readNewLines, unreadFile, type FileEnd, type FileReading, type LineReader } from './read-files.ts';
import { createSampleReader } from './read-samples.ts';
import { readSource } from './read-source.ts';
import { openWholeFile } from './read-whole.ts';
import { watchDevice } from './watch-device.ts';

/** All that the job and the sampler beside it write, as far as it was read. */
export interface JobFiles {
  /** Reads what they have brought since the reading before. True: a file has more than was read. */
  read(state: UnitState, options: { final: boolean }): Promise<boolean>;
  /** All that was read and not yet taken out, also of a reading that is still under way. It must be stored: the next reading goes on from there. */
  takeOut(): FileReading[];
  /** What is wrong with the accelerators that the samples tell of, or with the samples. */
  reasons(): Reason[];
}

type Ends = ReadonlyMap<string, FileEnd>;

export function openJobFiles(drive: Drive, monitor: RunMonitor): JobFiles {
  const run = drive.actor.run;
  const place = jobPlace(drive);
  const sampler = createSampleReader(monitor, drive.host.slot?.indices ?? null);
  const device = watchDevice(drive);
  const jobFiles = filesOfJob(drive);
  const wholeFiles = new Map(
    jobFiles
      .filter(({ kind }) => kind === 'json' || kind === 'sqlite')
      .map((file) => [file.name, openWholeFile(drive, file, { read: (records) => monitor.readRecords(records), took })]),
  );
  const lineReader: LineReader = { read: (chunk) => monitor.read(chunk), needsHead: (place) => monitor.needsHead(place), took };
  let taken: FileReading[] = [];
  let offsets = drive.parts.store
    .readOffsets(run)
    .filter(({ attempt, worker }) => attempt === place.attempt && worker === place.worker);

  /** Known once there is an attempt that the guard has made after this one. */
  async function findEnds(state: UnitState): Promise<Ends> {
    const { newestAttempt: attempt } = state;
    if (attempt === null || attempt <= place.attempt) return new Map();
    const begun = await drive.session.call(detachedExecutor.state(run, { ...place, attempt }));
    return begun.madeByGuard?.starts ?? new Map<string, FileEnd>();
  }

  /** Samples are placed by the rows that were there when they were taken, so those are read to their end before. */
  async function read(state: UnitState, { final }: { final: boolean }): Promise<boolean> {
    const ends = await findEnds(state);
    const others = jobFiles.filter(({ kind }) => kind !== 'samples');
    const lines = (await Promise.all(others.map((file) => readFile(file, ends, final)))).flat();
    const isBehind = lines.some(({ more }) => more);
    const samples = jobFiles.filter(({ kind }) => kind === 'samples');
    if (isBehind) return true;
    const reader: LineReader = {
      needsHead: () => false,
      read: (chunk) => sampler.read(chunk, state.uptimeSeconds),
      took: (reading) => {
        took(reading);
        device.take(reading.reading?.rows ?? []);
      },
    };
    const sampled = await Promise.all(samples.map((file) => readNewLines(drive, offsetOf(file), reader)));
    return sampled.some(({ more }) => more);
  }

  function took(reading: FileReading): void {
    taken.push(reading);
  }

  async function readFile(file: JobFile, ends: Ends, final: boolean): Promise<FileReading[]> {
    const whole = wholeFiles.get(file.name);
    if (whole === undefined) {
      const known = offsets.filter(({ source }) => source === file.name);
      return readSource(drive, file, known, { reader: lineReader, ends });
    }
    const reading = await whole.look(offsetOf(file), { final });
    return reading === null ? [] : [reading];
  }

  function offsetOf(file: JobFile): OffsetRecord {
    const known = offsets.find(({ source, path }) => source === file.name && path === file.path);
    return known ?? unreadFile(drive, file);
  }

  return {
    read,
    takeOut() {
      const out = taken;
      taken = [];
      offsets = mergeOffsets(
        offsets,
        out.map(({ offset }) => offset),
      );
      return out;
    },
    reasons: () => [...sampler.reasons(), ...device.reasons()],
  };
}

/** Also of the files that this look did not come to. */
function mergeOffsets(known: readonly OffsetRecord[], read: readonly OffsetRecord[]): OffsetRecord[] {
  const isRead = (offset: OffsetRecord) => read.some(({ source, path }) => source === offset.source && path === offset.path);
  return [...known.filter((offset) => !isRead(offset)), ...read];
}
