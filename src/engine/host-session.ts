import { setMaxListeners } from 'node:events';
import { exitCodes, FleetError } from '../errors.ts';
import type { RemoteCommand } from '../remote/command.ts';
import { askIdentity, describeElsewhere, isSameMachine } from '../remote/identity.ts';
import { hostScriptExits, sendHostScript, withHostScript } from '../remote/host-script.ts';
import type { Scrubber } from '../scrubber.ts';
import { ConnectionFailed, OutcomeUnknown, QuestionTimedOut } from '../ssh/failures.ts';
import type { Answer, Connection } from '../ssh/transport.ts';
import { backOffMs } from './back-off.ts';
import { converseOnce } from './converse-once.ts';
import { Detached, Fenced } from './lease-lost.ts';
import type { EngineParts, WorkerAddress } from './parts.ts';
import type { PlannedHost } from './plan.ts';

/** What tells that a host did not answer, and nothing else. */
export type Silence = ConnectionFailed | OutcomeUnknown | QuestionTimedOut;

export interface Contact {
  reached(): void;
  /** Called once for each failed try. */
  missed(error: Silence, nextTryMs: number): void;
}

export interface HostSession {
  /**
   * Asks until there is an answer: every command may be sent twice, and a host out of reach is never a failed command. Whoever gives a `limit` waits
   * no longer than that; what was sent may still be carried out.
   */
  call<T>(command: RemoteCommand<T>, limit?: AbortSignal): Promise<T>;
  /** Asks once: transport failures are the caller's. */
  callOnce<T>(command: RemoteCommand<T>): Promise<T>;
}

/** The code of a ConnectionFailed: whether the run's own machine can be reached is not known then. */
export const anotherMachine = 'another-machine';

/** Between refused logins: tools like fail2ban ban whoever is refused some five times in ten minutes. */
const refusedLoginMs = 5 * 60_000;

export interface SessionOptions {
  run: string;
  scrubber: Scrubber;
  contact: Contact;
  signal: AbortSignal;
  patienceMs: number;
  /** The incarnation of the machine that the run is on; null while it may be on any. */
  machine: () => string | null;
}

/**
 * Everything that a host answers is scrubbed here, before anybody reads it. Whoever is behind a new connection is asked who it is: another machine at
 * the address is told nothing of the run, and waited out like a silent one.
 */
export function openHostSession(
  parts: Pick<EngineParts, 'connect' | 'clock' | 'logger'>,
  host: PlannedHost,
  at: WorkerAddress,
  options: SessionOptions,
): HostSession {
  const { signal, contact, scrubber } = options;
  // Each question that is under way listens, and there may be many at once.
  setMaxListeners(0, signal);
  const met = new WeakSet<Connection>();

  const connect = async (): Promise<Connection> => {
    const connection = await parts.connect(host, at);
    const machine = options.machine();
    if (machine !== null && !met.has(connection)) {
      await meet(connection, host, machine);
      met.add(connection);
    }
    return connection;
  };

  const askOnce = async <T>(command: RemoteCommand<T>, until: AbortSignal): Promise<T> => {
    until.throwIfAborted();
    const asked = connect().then((connection) => askWithScript(connection, host, command, until));
    const answer = await leaveOnAbort(asked, until);
    parts.logger.debug({ run: options.run, host: host.name, exitCode: answer.exitCode, seconds: answer.seconds }, command.name);
    if (saidBy(answer, hostScriptExits.fenced, 'fenced ')) throw new Fenced(options.run, readFence(answer));
    if (saidBy(answer, hostScriptExits.cannotWrite, 'cannot-write ')) throw cannotWrite(host, command, answer);
    contact.reached();
    return command.parse({ ...answer, stdout: scrubber.scrub(answer.stdout), stderr: scrubber.scrub(answer.stderr) });
  };

  // One gate for all that is asked side by side: a silent host is tried once at a time, not once for each question.
  let tries = 0;
  let notBefore = Number.NEGATIVE_INFINITY;

  const passGate = async (until: AbortSignal): Promise<void> => {
    for (;;) {
      const waitMs = notBefore - parts.clock.monotonic();
      if (waitMs <= 0) return;
      await parts.clock.wait(waitMs, until);
      if (until.aborted) throw until.reason instanceof Error ? until.reason : new Detached();
    }
  };

  const closeGate = (error: Silence): void => {
    if (parts.clock.monotonic() < notBefore) return;
    tries += 1;
    const nextTryMs = error.code === 'authentication-failed' ? refusedLoginMs : backOffMs(tries);
    notBefore = parts.clock.monotonic() + nextTryMs;
    parts.logger.warn({ run: options.run, host: host.name, tries, code: error.code }, error.message);
    contact.missed(error, nextTryMs);
  };

  const call = async <T>(command: RemoteCommand<T>, limit?: AbortSignal): Promise<T> => {
    const begin = parts.clock.monotonic();
    const until = limit === undefined ? signal : AbortSignal.any([signal, limit]);
    for (;;) {
      await passGate(until);
      try {
        const answer = await askOnce(command, until);
        tries = 0;
        return answer;
      } catch (error) {
        if (!isSilence(error) || (error instanceof QuestionTimedOut && command.mayHang)) throw error;
        closeGate(error);
        if (notBefore - begin > options.patienceMs) throw error;
      }
    }
  };
  return { call, callOnce: (command) => askOnce(command, signal) };
}

async function meet(connection: Connection, host: PlannedHost, machine: string): Promise<void> {
  const identity = askIdentity();
  const found = identity.parse(await connection.ask(identity.body, { timeoutSeconds: identity.timeoutSeconds }));
  if (isSameMachine(machine, found)) return;
  // The right one may be found behind the next connection.
  connection.close();
  throw new ConnectionFailed(`${host.name}: ${describeElsewhere(machine, found)}`, {
    code: anotherMachine,
    retryable: true,
    suggestions: [`nothing is done there; it is asked again until the run's own machine answers`],
  });
}

/** An author's command may end with any status: our script also says why. */
function saidBy(answer: Answer, exitCode: number, word: string): boolean {
  return answer.exitCode === exitCode && answer.stdout.includes(word);
}

function readFence({ stdout }: Answer): number {
  return Number(/^fenced (\d+)$/m.exec(stdout.toString())?.[1] ?? 0);
}

/** What was asked may still be answered; nobody waits for it. */
async function leaveOnAbort<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason instanceof Error ? signal.reason : new Detached());
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([asked, aborted]);
  } finally {
    if (leave !== undefined) signal.removeEventListener('abort', leave);
  }
}

async function askWithScript<T>(
  connection: Connection,
  host: PlannedHost,
  command: RemoteCommand<T>,
  signal: AbortSignal,
): Promise<Answer> {
  const script = command.standsAlone ? command.body : withHostScript(host.remoteDir, command.body);
  const { input, timeoutSeconds } = command;
  const ask = () =>
    input === undefined
      ? connection.ask(script, { timeoutSeconds })
      : converseOnce(connection, script, { input, timeoutSeconds, signal });
  const answer = await ask();
  if (command.standsAlone || answer.exitCode !== hostScriptExits.missing || answer.stdout.length > 0) return answer;
  const sent = await connection.ask(sendHostScript(host.remoteDir), { timeoutSeconds: 60 });
  return sent.exitCode === 0 ? ask() : { ...sent, stdout: Buffer.from('cannot-write host script\n') };
}

function cannotWrite(host: PlannedHost, command: RemoteCommand<unknown>, answer: Answer): FleetError {
  const said = `${answer.stdout.toString().trim()} ${answer.stderr.toString().trim()}`.trim();
  return new FleetError(
    `${host.name}: cannot ${command.name}: the host cannot write: ${said === '' ? 'no reason given' : said}`,
    {
      code: 'host-cannot-write',
      exit: exitCodes.couldNot,
      suggestions: [
        `look at the free space and the permissions of "${host.remoteDir ?? '~/.local/state/fleet'}" on ${host.name}`,
      ],
    },
  );
}

export function isSilence(error: unknown): error is Silence {
  return error instanceof ConnectionFailed || error instanceof OutcomeUnknown || error instanceof QuestionTimedOut;
}
