import { exitCodes, FleetError } from '../../errors.ts';
import { findFreePort, firstPort, portCount } from '../../remote/ports.ts';
import type { Drive } from '../drive.ts';
import { keeps, readEventsOf } from '../read-events.ts';

/** Where the workers of an attempt meet. Kept with the event that tells it. */
interface PortDetail {
  masterPort: { attempt: number; port: number };
}

/**
 * One that is free on the first worker, and the same for all. It is looked at again while nothing of the attempt has been started with it: a check may have
 * met there, or somebody else has taken it.
 */
export async function chooseMasterPort(drive: Drive): Promise<void> {
  if (drive.workers.length === 1) return;
  const before = readMasterPort(drive);
  const port = await drive.session.call(findFreePort(before ?? firstPort + spread(drive.actor.run)));
  if (port === before) return;
  if (port === null) throw noFreePort(drive);
  const detail: PortDetail = { masterPort: { attempt: drive.record().attempt, port } };
  drive.tell('master-port', `the workers meet at port ${port} of ${drive.host.name}`, detail);
}

export function readMasterPort(drive: Drive): number | null {
  const { attempt } = drive.record();
  const ports = readEventsOf(drive, 'master-port').flatMap(({ detail }) =>
    keeps<PortDetail>(detail, 'masterPort') ? [detail.masterPort] : [],
  );
  return ports.findLast((one) => one.attempt === attempt)?.port ?? null;
}

function noFreePort({ host }: Drive): FleetError {
  return new FleetError(
    `${host.name}: no TCP port from ${firstPort} to ${firstPort + portCount - 1} is free for the workers to meet at`,
    {
      code: 'no-free-port',
      exit: exitCodes.couldNot,
      suggestions: [`fleet exec --host ${host.name} -- cat /proc/net/tcp shows who has them`],
    },
  );
}

/** Runs that begin on one host at the same time look in different places. */
function spread(run: string): number {
  return [...run].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % portCount, 0);
}
