import { unitFile } from '../../remote/host-script.ts';
import type { Drive } from '../drive.ts';
import type { Launch } from '../../playbook/playbook.ts';
import type { UnitPlace } from '../../remote/executor.ts';

export function jobPlace(drive: Drive): UnitPlace {
  return { attempt: drive.record().attempt, worker: drive.target.index, unit: 'job' };
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

/** A file, or several, that are read while the job runs. */
export interface JobFile {
  /** `log`, `log:` and the glob of a further log, or the name of a metric. */
  name: string;
  path: string;
  kind: 'lines' | 'samples' | 'json' | 'sqlite';
  /** Of the matches of a path: the path as it stands, the newest, or each. */
  choice: 'one' | 'newest' | 'each';
}

/** Everything that the job, and the sampler beside it, write. */
export function filesOfJob(drive: Drive): JobFile[] {
  const { metrics = [], logs = [] } = drive.plan.playbook.monitor ?? {};
  return [
    { name: 'log', path: launchOf(drive).log, kind: 'lines', choice: 'one' },
    ...logs.map((path): JobFile => ({ name: `log:${path}`, path, kind: 'lines', choice: 'newest' })),
    ...metrics.map((metric): JobFile => {
      const { name, kind } = metric;
      if (kind === 'accelerators') {
        const path = unitFile(drive.host.remoteDir, drive.actor.run, jobPlace(drive), 'samples');
        return { name, path, kind: 'samples', choice: 'one' };
      }
      const { path } = metric;
      if (kind === 'json' || kind === 'sqlite') return { name, path, kind, choice: 'newest' };
      return { name, path, kind: 'lines', choice: chooseBy(path, metric.label ?? null) };
    }),
  ];
}

function chooseBy(path: string, label: string | null): JobFile['choice'] {
  if (label !== null) return 'each';
  return /[*?[]/.test(path) ? 'newest' : 'one';
}
