import { unitFile } from '../../remote/host-script.ts';
import type { Drive } from '../drive.ts';
import { jobPlace, launchOf } from './start-job.ts';

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
