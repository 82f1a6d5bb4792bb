import { compareDeclared } from '../../facts/declared.ts';
import type { FactsQuestion } from '../../facts/facts-script.ts';
import type { Facts } from '../../facts/facts.ts';
import { compareRequirements, listRequirements } from '../../facts/requirements.ts';
import { ownChecks } from '../../lifecycle/own-checks.ts';
import type { ResolvedPlaybook } from '../../playbook/playbook.ts';
import { sayHello, type Hello } from '../../remote/hello.ts';
import type { Row } from '../entries/check-rows.ts';
import { setupOf } from '../author-script.ts';
import type { Drive } from '../drive.ts';
import { readWorker } from '../read-worker.ts';
import type { PlannedHost } from '../plan.ts';
import { askForFacts } from '../probe.ts';

/** What a run needs at all, and what the playbook requires, held against what is there. Fails with a transport error alone. */
export async function lookAtHost(drive: Drive): Promise<{ rows: Row[]; facts: Facts }> {
  const hello = await drive.session.callOnce(sayHello());
  recordMachine(drive, hello);
  const { playbook } = drive.plan;
  const question = askWhatIsRequired(setupOf(drive), playbook);
  const facts = await drive.session.callOnce(askForFacts(question, () => drive.parts.clock.now(), drive.host.slot));
  drive.parts.store.recordFacts(drive.host.name, drive.target.worker, JSON.stringify(facts), drive.parts.clock.now());
  const rows = [
    compareDeclared(shareOf(drive, facts), facts),
    ...(playbook.requires === null ? [] : compareRequirements(playbook.requires, facts, drive.host.accelerators)),
  ];
  return { rows: [judgeHello(hello), ...rows.map((row) => ({ ...row, seconds: null }))], facts };
}

/** What is declared counts all workers of a host. One of a TPU slice tells of all its chips, any other of its own alone. */
function shareOf({ host, plan }: Drive, { tpu }: Facts): PlannedHost['accelerators'] {
  const workers = plan.targets.filter((target) => target.host === host.name).length;
  if (host.accelerators === null || workers === 1 || tpu?.chips != null) return host.accelerators;
  return { ...host.accelerators, count: host.accelerators.count / workers };
}

/** Of the playbook, and of each entry for itself. */
function askWhatIsRequired(setup: string, { workdir, requires, prepare, validate, verify }: ResolvedPlaybook): FactsQuestion {
  const all = [requires, ...[...prepare, ...validate, ...verify].map((entry) => entry.requires)].filter((one) => one !== null);
  const paths = new Set(all.flatMap(({ disk }) => disk?.path ?? []));
  return {
    setup,
    workdir,
    diskPaths: paths.size === 0 ? ['.'] : [...paths],
    tools: [...new Set(all.flatMap(({ tools }) => tools ?? []))],
    endpoints: [...new Set(all.flatMap(({ network }) => network ?? []))],
  };
}

/** What can be let pass of what is looked at before anything is changed. That a host can keep a job at all is not of it. */
export function findRequirementNames({ requires }: Pick<ResolvedPlaybook, 'requires'>): string[] {
  return [ownChecks.quarantine, ownChecks.declaredAccelerators, ...(requires === null ? [] : listRequirements(requires))];
}

/** From here on, another machine at the address is told nothing. */
function recordMachine(drive: Drive, { incarnation }: Hello): void {
  const { store } = drive.parts;
  const worker = readWorker(drive);
  if (worker !== undefined) drive.must(store.recordWorker(drive.lease, { ...worker, incarnation }, null));
}

function judgeHello(hello: Hello): Row {
  const troubles = [
    ...(hello.proc ? [] : ['/proc cannot be read']),
    ...(hello.writable ? [] : ["fleet's folder on it cannot be written"]),
    ...(hello.sessionTool === null ? ['no setsid, busybox, python3 or perl'] : []),
    ...(hello.killsAtLogout ? ['logind ends every process at logout (KillUserProcesses=yes)'] : []),
  ];
  const hidden = hello.hidesProcesses
    ? '/proc hides the processes of other users (hidepid): a job that changes its user cannot be followed'
    : null;
  return {
    name: ownChecks.hostKeepsJobs,
    result: troubles.length > 0 ? 'fail' : hidden === null ? 'pass' : 'warn',
    expected: 'sh, /proc, a folder to write to, sessions that outlive a login',
    observed: troubles.length === 0 ? `all there, sessions by ${hello.sessionTool ?? ''}` : troubles.join(', '),
    message: hidden,
    seconds: null,
  };
}
