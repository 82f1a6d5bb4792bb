import { formatDuration } from '../language/units.ts';
import { findZone } from '../language/zone.ts';
import type { EntryRecord } from '../store/queue-records.ts';
import type { Wait } from './wait.ts';

const wanted = { ok: 'to succeed', any: 'to end', fail: 'to fail' };

/** Why an entry waits, as a sentence for a person. Times are those of its zone. */
export function describeWait({ zone }: Pick<EntryRecord, 'zone'>, wait: Wait, now: number): string {
  const time = (at: number) => `${findZone(zone).format(at)} ${zone}`;
  const inTime = (at: number) => `${time(at)} (in ${round((at - now) / 1000)})`;
  switch (wait.kind) {
    case 'held':
      return `held${wait.reason === null ? '' : `, since ${wait.reason}`}: fleet queue release ${wait.entry} lets it go`;
    case 'after':
      return `waits for entry ${wait.entry} ${wanted[wait.wants]}, which is ${wait.state}`;
    case 'later':
      return `${wait.because ?? 'its last try came to nothing'}; it is tried again at ${inTime(wait.at)}`;
    case 'window':
      return `its window opens at ${inTime(wait.opensAt)}`;
    case 'quarantine':
      return `host ${wait.host} is in quarantine: ${wait.reason}; fleet quarantine ${wait.host} --lift puts it back`;
    case 'unusable':
      return `host ${wait.host} cannot be used: ${wait.because}; it is tried again at ${inTime(wait.until)}`;
    case 'busy':
      return `host ${wait.host} is busy with ${wait.by}, ${wait.until === null ? 'nobody knows until when' : `until about ${inTime(wait.until)}`}`;
    case 'short':
      return `it must yield at ${inTime(wait.yieldsAt)}, and ${describeNeed(wait.seconds)}; the next night begins at ${time(wait.opensAt)}`;
    case 'too-long':
      return `it takes about ${round(wait.seconds)} and cannot go on from a checkpoint: a night of ${round(wait.nightSeconds)} is too short for it`;
  }
}

function describeNeed(seconds: number | null): string {
  return seconds === null ? 'how long it takes is not known' : `about ${round(seconds)} of work are left`;
}

/** In whole minutes, from two minutes on. */
function round(seconds: number): string {
  return formatDuration(seconds < 120 ? Math.ceil(Math.max(0, seconds)) : Math.round(seconds / 60) * 60);
}
