import type { FactsQuestion } from '../../facts/facts-script.ts';
import { compareDeclared } from '../../facts/declared.ts';
import { compareRequirements } from '../../facts/requirements.ts';
import { sayHello, type Hello } from '../../remote/hello.ts';
import type { Row } from '../entries/check-rows.ts';
import { setupOf } from '../entries/deeds/run-command.ts';
import type { Drive } from '../drive.ts';
import { askForFacts } from '../probe.ts';

/** What a run needs at all, and what the playbook requires, held against what is there. Fails with a transport error alone. */
export async function lookAtHost(drive: Drive): Promise<Row[]> {
  const hello = await drive.session.callOnce(sayHello());
  recordMachine(drive, hello);
  const { playbook } = drive.plan;
  const facts = await drive.session.callOnce(askForFacts(questionOf(drive), () => drive.parts.clock.now()));
  drive.parts.store.recordFacts(drive.host.name, 0, JSON.stringify(facts), drive.parts.clock.now());
  const rows = [
    compareDeclared(drive.host.accelerators, facts),
    ...(playbook.requires === null ? [] : compareRequirements(playbook.requires, facts, drive.host.accelerators)),
  ];
  return [judgeHello(hello), ...rows.map((row) => ({ ...row, seconds: null }))];
}

/** All that is to be found out for the requirements, in one question. */
function questionOf(drive: Drive): FactsQuestion {
  const { requires, workdir } = drive.plan.playbook;
  const stated = requires === null ? [] : [requires];
  const paths = stated.flatMap(({ disk }) => disk?.path ?? []);
  return {
    setup: setupOf(drive),
    workdir,
    diskPaths: paths.length === 0 ? ['.'] : [...new Set(paths)],
    tools: [...new Set(stated.flatMap(({ tools = [] }) => tools))],
    endpoints: [...new Set(stated.flatMap(({ network = [] }) => network))],
  };
}

/** From here on, another machine at the address is told nothing. */
function recordMachine(drive: Drive, { incarnation }: Hello): void {
  const { store } = drive.parts;
  const [worker] = store.readWorkers(drive.actor.run);
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
    name: 'the host can keep a job running',
    result: troubles.length > 0 ? 'fail' : hidden === null ? 'pass' : 'warn',
    expected: 'sh, /proc, a folder to write to, sessions that outlive a login',
    observed: troubles.length === 0 ? `all there, sessions by ${hello.sessionTool ?? ''}` : troubles.join(', '),
    message: hidden,
    seconds: null,
  };
}
