import { formatDuration } from '../../language/units.ts';
import type { YamlPath } from '../../yaml.ts';
import type { Finding, Planned } from './finding.ts';

const stallPath: YamlPath = ['launch', 'guard', 'stall'];

/** Rules of the guard that can never hold, or that stop a job which is well. */
export function lintGuard({ launch, monitor, requires }: Planned): Finding[] {
  const findings: Finding[] = [];
  const warn = (path: YamlPath, message: string, suggestion: string) => findings.push({ path, message, suggestion });
  const { stall = null, disk = null } = launch?.guard ?? {};
  if (launch !== null && stall !== null) {
    const { noNewLineSeconds, firstLineSeconds } = stall;
    if (firstLineSeconds < noNewLineSeconds) {
      warn([...stallPath, 'first-line'], 'the first line is given less time than any later one', 'give it at least as much');
    }
    if (launch.timeLimitSeconds !== null && noNewLineSeconds >= launch.timeLimitSeconds) {
      const limit = formatDuration(launch.timeLimitSeconds);
      warn(
        [...stallPath, 'no-new-line'],
        `the job is stopped after ${limit} by its time limit, and never for this`,
        'shorten it',
      );
    }
    if (monitor?.stall && noNewLineSeconds < monitor.stall.noProgressSeconds) {
      const watched = formatDuration(monitor.stall.noProgressSeconds);
      const message = `the guard stops the job before monitor.stall speaks, after ${watched}: its actions are never taken`;
      warn([...stallPath, 'no-new-line'], message, 'give the guard more time than the monitor');
    }
  }
  if (disk !== null && requires?.disk && requires.disk.path === disk.path && requires.disk.free.bytes <= disk.freeBytes) {
    const message = `a host with the ${requires.disk.free.text} that "requires" asks for is below this floor from the start`;
    warn(['launch', 'guard', 'disk', 'free'], message, 'ask for more in requires.disk, or lower the floor');
  }
  return findings;
}
