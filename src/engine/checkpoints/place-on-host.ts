import { appendScript, askPartSize, dropPart, parseSums, putInPlace, readSize, sumPartScript } from '../../remote/copies.ts';
import { createScrubber } from '../../scrubber.ts';
import type { Drive } from '../drive.ts';
import { converseOnce } from '../converse-once.ts';
import { openHostSession } from '../host-session.ts';
import type { PlannedBackUp } from '../plan.ts';
import { NotBackedUp, type CopyPlace } from './copy-place.ts';

/** Longer than that, it is tried again later. */
const patienceMs = 30_000;

/** A folder of another host of the inventory. What takes long has a channel of its own: the host may have runs that are looked at meanwhile. */
export function placeOnHost(drive: Drive, { host, address }: PlannedBackUp, folder: string): CopyPlace {
  const { parts, signal } = drive;
  const session = openHostSession(
    parts,
    host,
    { worker: 0, address },
    {
      run: drive.actor.run,
      scrubber: createScrubber([], []),
      contact: { reached: () => undefined, missed: () => undefined },
      signal,
      patienceMs,
      machine: () => null,
    },
  );
  const converse = async (script: string, input: Buffer | null = null): Promise<Buffer> => {
    const connection = await parts.connect(host, { worker: 0, address });
    const { exitCode, stdout, stderr } = await converseOnce(connection, script, { input, signal });
    if (exitCode === 0) return stdout;
    const said = `${stderr.toString()}${stdout.toString()}`;
    throw new NotBackedUp(`${host.name}: cannot keep a copy: exit ${exitCode}: ${said.trim().slice(0, 200)}`);
  };
  return {
    describe: (name) => `${host.name}:${folder}/${name}`,
    sizeOf: (name) => session.call(askPartSize({ folder, name })),
    async append(name, offset, bytes) {
      const size = readSize(await converse(appendScript(host.remoteDir, { folder, name }, offset), bytes));
      if (size === undefined) throw new NotBackedUp(`${host.name}: does not say how much of a copy it has`);
      return size;
    },
    async sums(name) {
      const sums = parseSums(await converse(sumPartScript(host.remoteDir, { folder, name })));
      if (sums === null) throw new NotBackedUp(`${host.name}: no checksums of the copy`);
      return sums;
    },
    drop: async (name) => {
      await session.call(dropPart({ folder, name }));
    },
    finish: async (name) => {
      await session.call(putInPlace({ folder, name }));
    },
  };
}
