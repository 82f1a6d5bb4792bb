import { samplingScript } from '../../facts/accelerator-sections.ts';
import type { Launch } from '../../playbook/playbook.ts';
import { exportLines } from '../../remote/author-command.ts';
import type { NextWork, UnitWork } from '../../remote/executor.ts';
import { hostSigns } from '../attempts/host-signs.ts';
import { fallbackOf, inProfile } from '../attempts/profiles.ts';
import { readTry } from '../attempts/record-try.ts';
import { authorScript, setupOf } from '../author-script.ts';
import type { Drive } from '../drive.ts';
import { budgetLeft, spentOnTries } from '../entries/time-left.ts';
import { criticalVariables, filesOfJob, launchOf } from './job.ts';

/** The job in the profile that the run is in, with what the guard needs to make an attempt in another by itself. */
export function describeJob(drive: Drive): UnitWork {
  return describeAttempt(drive, readTry(drive)?.checkpoint ?? null);
}

/** The environment of an attempt may be there since its preparation, when nobody knew yet which checkpoint it goes on from. */
function describeAttempt(drive: Drive, checkpoint: string | null): UnitWork {
  const launch = launchOf(drive);
  const { workdir, profile = null } = drive.plan.playbook;
  const goesOn = checkpoint === null ? '' : exportLines([{ name: 'FLEET_CHECKPOINT', value: checkpoint }]);
  return {
    script: authorScript(drive, launch.command, goesOn),
    workdir,
    log: launch.log,
    timeLimitSeconds: limitJob(drive, launch),
    needsEnvironment: true,
    needsClaim: true,
    sentinel: launch.halt.sentinel,
    prove: launch.proveEnv === null ? null : { process: launch.proveEnv.process, variables: criticalVariables(drive) },
    stall: launch.guard?.stall ?? null,
    disk: launch.guard?.disk ?? null,
    sampling: planSampling(drive),
    profile,
    files: filesOfJob(drive).flatMap(({ path, kind }) => (kind === 'lines' ? [path] : [])),
    next: describeNext(drive),
    graceSeconds: launch.halt.graceSeconds,
    then: launch.halt.then,
  };
}

/** Unattended, a guard decides for a run of one worker alone. */
function describeNext(drive: Drive): NextWork | null {
  const fallback = fallbackOf(drive.plan);
  if (fallback === null || drive.plan.targets.length !== 1) return null;
  const { change, playbook } = fallback;
  const signs = hostSigns(change.failures);
  return {
    work: describeAttempt(inProfile(drive, playbook), null),
    exits: [...change.exits, ...signs.exits],
    texts: [...change.texts, ...signs.texts],
    afterSeconds: change.afterSeconds,
    checkpoints: playbook.monitor?.checkpoints?.path ?? null,
  };
}

/**
 * Of the job itself, what its budget or that of its sweep has left for it, or what there is until it must yield: the guard on the host keeps it. Earlier attempts have used
 * of the budget, and those in another profile of the limit too. A limit that is used up leaves a second.
 */
function limitJob(drive: Drive, { timeLimitSeconds }: Launch): number | null {
  const { store, clock } = drive.parts;
  const { playbook, yieldsAt, secondsOfSweep } = drive.plan;
  const tries = store.readTries(drive.actor.run);
  const others = tries.filter(({ profile }) => profile !== (playbook.profile ?? null));
  const left = budgetLeft(playbook, store.readChecks(drive.actor.run), spentOnTries(tries));
  const own = timeLimitSeconds === null ? null : timeLimitSeconds - spentOnTries(others);
  const untilYield = yieldsAt === undefined ? null : (yieldsAt - clock.now()) / 1000;
  const ofSweep = secondsOfSweep === undefined ? null : secondsOfSweep - spentOnTries(tries);
  const shortest = Math.min(left ?? Infinity, own ?? Infinity, untilYield ?? Infinity, ofSweep ?? Infinity);
  return shortest === Infinity ? null : Math.max(1, Math.ceil(shortest));
}

/** The accelerators are asked beside the job, so that they are sampled with or without a controller. */
function planSampling(drive: Drive): UnitWork['sampling'] {
  const { monitor } = drive.plan.playbook;
  const source = monitor?.metrics.find((metric) => metric.kind === 'accelerators');
  if (source === undefined) return null;
  const beside = filesOfJob(drive).find(
    ({ name, kind, choice }) => name === monitor?.progress?.source && kind === 'lines' && choice === 'one',
  );
  return { script: samplingScript(setupOf(drive)), everySeconds: source.everySeconds, beside: beside?.path ?? null };
}
