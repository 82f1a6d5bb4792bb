import type { Finding, Planned } from './finding.ts';

export function lintLaunch({ launch, env }: Planned): Finding[] {
  if (launch === null) return [];
  const findings: Finding[] = [];
  const last = launch.halt.then.at(-1);
  if (last === undefined || !('signal' in last) || last.signal !== 'KILL') {
    findings.push({
      path: ['launch', 'halt', 'then'],
      message: 'a job that ignores these signals is never stopped',
      suggestion: 'end with KILL',
    });
  }
  if (launch.proveEnv === null && env.some(({ critical }) => critical)) {
    findings.push({
      path: ['launch'],
      message: 'critical variables are not looked for in the started process',
      suggestion: 'add "prove-env"',
      severity: 'note',
    });
  }
  return findings;
}
