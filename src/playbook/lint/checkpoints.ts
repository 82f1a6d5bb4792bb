import { isWithin } from '../../language/range.ts';
import { formatSize } from '../../language/units.ts';
import { isUnder } from './folders.ts';
import { placeEntries, type Finding, type Planned } from './finding.ts';
import { countSteps, describeTime, spanOfJob } from './spans.ts';

const hour = 3600;

/** Checkpoints that are never written, that find no room, or that are counted wrong. */
export function lintCheckpoints(planned: Planned): Finding[] {
  return [...lintInterval(planned), ...lintRoom(planned), ...lintCount(planned), ...lintAbsence(planned)];
}

function lintInterval(planned: Planned): Finding[] {
  const { every = null, firstAt = null } = planned.monitor?.checkpoints ?? {};
  const steps = countSteps(planned);
  if (every === null || steps === null || (firstAt ?? every) <= steps) return [];
  const when = firstAt === null ? `every ${every} steps` : `from step ${firstAt} on`;
  return [
    {
      path: ['monitor', 'checkpoints', firstAt === null ? 'every' : 'first-at'],
      message: `a checkpoint ${when}, and the run has ${steps}: there is never one`,
      suggestion: `save at least once in ${steps} steps`,
    },
  ];
}

/** Those that lie there at the end against the room that the host must have, and the floor below which the guard ends the job. */
function lintRoom(planned: Planned): Finding[] {
  const { monitor, requires, launch } = planned;
  const [written, checkpoints] = [countCheckpoints(planned), monitor?.checkpoints];
  const size = checkpoints?.size;
  const largest = size?.high ?? size?.low ?? null;
  if (written === null || !checkpoints || !size || largest === null) return [];
  const kept = Math.min(written, countKept(planned) ?? written);
  const need = kept * largest;
  const sum = `${kept} checkpoints of ${size.text} take up to ${formatSize(need)}`;
  const disk = requires?.disk ?? null;
  if (disk === null) {
    if (need === 0) return [];
    const message = `${sum}, and no room for them is asked for`;
    return [{ path: ['monitor', 'checkpoints'], message, suggestion: 'add requires.disk', severity: 'note' }];
  }
  if (!isUnder(checkpoints.path, disk.path)) return [];
  const guard = launch?.guard?.disk ?? null;
  const floor = guard !== null && isUnder(checkpoints.path, guard.path) ? guard.freeBytes : 0;
  if (need + floor <= disk.free.bytes) return [];
  const below = floor === 0 ? '' : ` above the ${formatSize(floor)} at which the guard stops the job`;
  return [
    {
      path: ['requires', 'disk', 'free'],
      message: `${sum}${below}, and ${disk.free.text} free is enough for "requires"`,
      suggestion: `ask for at least ${formatSize(need + floor)}, or say in work.checkpoints-kept how many the job keeps`,
    },
  ];
}

/** A check of verify over the very files that the monitor sees being written. */
function lintCount(planned: Planned): Finding[] {
  const { monitor } = planned;
  const [steps, written] = [countSteps(planned), countCheckpoints(planned)];
  const { path: pattern, every, firstAt = null } = monitor?.checkpoints ?? {};
  if (steps === null || written === null || !every) return [];
  const glob = pattern?.replace('{step}', '*');
  const kept = countKept(planned) ?? Infinity;
  // A job may save once more when it ends between two.
  const possible = [written, 1 + Math.ceil((steps - (firstAt ?? every)) / every)].map((count) => Math.min(count, kept));
  return placeEntries(planned, ['verify']).flatMap(({ path, entry: { deed } }) => {
    if (deed.kind !== 'files' || deed.glob !== glob || deed.count === null) return [];
    const range = deed.count;
    if (possible.some((count) => isWithin(range, count))) return [];
    const fewer = kept < written ? `, of which ${kept} are kept` : '';
    return [
      {
        path: [...path, 'files', 'count'],
        message: `${steps} steps with a checkpoint every ${every} make ${written}${fewer}, and ${range.text} are expected`,
        suggestion: `expect ${possible[0] ?? written}`,
      },
    ];
  });
}

function lintAbsence(planned: Planned): Finding[] {
  const [job, steps] = [spanOfJob(planned), countSteps(planned)];
  if (planned.launch === null || planned.monitor?.checkpoints || steps === null || !job?.low || job.low <= hour) return [];
  return [
    {
      path: ['launch'],
      message: `${job.text} at least ${describeTime(job.low)}, and no checkpoints are declared: a crash may cost all of it`,
      suggestion: 'add monitor.checkpoints',
      severity: 'note',
    },
  ];
}

/** How many are written in all; null when that is not said. */
function countCheckpoints(planned: Planned): number | null {
  const { every = null, firstAt = null } = planned.monitor?.checkpoints ?? {};
  const steps = countSteps(planned);
  if (steps === null || every === null) return null;
  return Math.max(0, 1 + Math.floor((steps - (firstAt ?? every)) / every));
}

/** By the job, or by fleet: the fewer. Null: all of them. */
function countKept({ work, monitor }: Planned): number | null {
  const keep = monitor?.checkpoints?.keep ?? null;
  const counts = [work?.checkpointsKept ?? null, keep === null ? null : keep.last + keep.best];
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : Math.min(...known);
}
