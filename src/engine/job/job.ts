import { unitFile } from '../../remote/host-script.ts';
import type { Drive } from '../drive.ts';
import type { Launch } from '../../playbook/playbook.ts';
import type { UnitPlace } from '../../remote/executor.ts';

export function jobPlace(drive: Drive): UnitPlace {
  return { attempt: drive.record().attempt, worker: 0, unit: 'job' };
}

export function launchOf(drive: Drive): Launch {
  const { launch } = drive.plan.playbook;
  if (launch === null) throw new TypeError(`run ${drive.actor.run}: a launch without a launch section`);
  return launch;
}

/** A variable that is left out for want of its optional secret is not asked for. */
export function criticalVariables(drive: Drive): string[] {
  const pushed = new Set(drive.environment.variables.map(({ name }) => name));
  return drive.plan.playbook.env.filter(({ name, critical }) => critical && pushed.has(name)).map(({ name }) => name);
}

/** A file that is read by offset while the job runs. */
export interface JobFile {
  /** `log`, or the name of a metric. */
  name: string;
  path: string;
  kind: 'lines' | 'samples';
}

/** Everything that the job, and the sampler beside it, write. */
export function filesOfJob(drive: Drive): JobFile[] {
  const metrics = drive.plan.playbook.monitor?.metrics ?? [];
  return [
    { name: 'log', path: launchOf(drive).log, kind: 'lines' },
    ...metrics.map((metric): JobFile => {
      if (metric.kind !== 'accelerators') return { name: metric.name, path: metric.path, kind: 'lines' };
      return {
        name: metric.name,
        path: unitFile(drive.host.remoteDir, drive.actor.run, jobPlace(drive), 'samples'),
        kind: 'samples',
      };
    }),
  ];
}
