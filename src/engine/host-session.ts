import { exitCodes, FleetError } from '../errors.ts';
import { askForIncarnation } from '../remote/hello.ts';
import type { RemoteCommand } from '../remote/command.ts';
import { hostScriptExits, sendHostScript, withHostScript } from '../remote/host-script.ts';
import type { Scrubber } from '../scrubber.ts';
import { ConnectionFailed, OutcomeUnknown, QuestionTimedOut } from '../ssh/failures.ts';
import type { Answer, Connection } from '../ssh/transport.ts';
import { AnotherMachine, isSameMachine } from './another-machine.ts';
import { backOffMs } from './back-off.ts';
import { Detached, LeaseLost } from './lease-lost.ts';
import type { EngineParts } from './parts.ts';
import type { PlannedHost } from './plan.ts';

/** What tells that a host did not answer, and nothing else. */
export type Silence = ConnectionFailed | OutcomeUnknown | QuestionTimedOut;

export interface Contact {
  reached(): void;
  /** Called once for each failed try. */
  missed(error: Silence, nextTryMs: number): void;
}

export interface HostSession {
  /** Asks until there is an answer: every command may be sent twice, and a host out of reach is never a failed command. */
  call<T>(command: RemoteCommand<T>): Promise<T>;
  /** Asks once: transport failures are the caller's. */
  callOnce<T>(command: RemoteCommand<T>): Promise<T>;
}

/** Between refused logins: tools like fail2ban ban whoever is refused some five times in ten minutes. */
const refusedLoginMs = 5 * 60_000;

interface HostSessionOptions {
  run: string;
  /** The incarnation of the machine that the run belongs to, once it is known. */
  belongsTo: () => string | null;
  scrubber: Scrubber;
  contact: Contact;
  signal: AbortSignal;
  patienceMs: number;
}

/** Everything that a host answers is scrubbed here, before anybody reads it. */
export function openHostSession(
  parts: Pick<EngineParts, 'connect' | 'clock' | 'logger'>,
  host: PlannedHost,
  address: string | null,
  options: HostSessionOptions,
): HostSession {
  const { signal, contact, scrubber } = options;

  // An address that moves to another machine breaks what was connected: who answers is asked once for each connection.
  let known: Connection | null = null;
  const meet = async (connection: Connection): Promise<void> => {
    const recorded = options.belongsTo();
    if (connection === known || recorded === null) return;
    const look = askForIncarnation();
    const found = look.parse(await askWithScript(connection, host, look));
    if (!isSameMachine(recorded, found)) throw new AnotherMachine(recorded, found);
    known = connection;
  };

  const askTheRightOne = async <T>(command: RemoteCommand<T>): Promise<Answer> => {
    const connection = await parts.connect(host, address);
    await meet(connection);
    return askWithScript(connection, host, command);
  };

  const callOnce = async <T>(command: RemoteCommand<T>): Promise<T> => {
    signal.throwIfAborted();
    const asked = askTheRightOne(command);
    const answer = await leaveOnAbort(asked, signal);
    parts.logger.debug({ run: options.run, host: host.name, exitCode: answer.exitCode, seconds: answer.seconds }, command.name);
    if (saidBy(answer, hostScriptExits.fenced, 'fenced ')) throw new LeaseLost(options.run);
    if (saidBy(answer, hostScriptExits.cannotWrite, 'cannot-write ')) throw cannotWrite(host, command, answer);
    contact.reached();
    return command.parse({ ...answer, stdout: scrubber.scrub(answer.stdout), stderr: scrubber.scrub(answer.stderr) });
  };

  // One gate for all that is asked side by side: a silent host is tried once at a time, not once for each question.
  let tries = 0;
  let notBefore = Number.NEGATIVE_INFINITY;

  const passGate = async (): Promise<void> => {
    for (;;) {
      const waitMs = notBefore - parts.clock.monotonic();
      if (waitMs <= 0) return;
      await parts.clock.wait(waitMs, signal);
      if (signal.aborted) throw signal.reason instanceof Error ? signal.reason : new Detached();
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

  const call = async <T>(command: RemoteCommand<T>): Promise<T> => {
    const begin = parts.clock.monotonic();
    for (;;) {
      await passGate();
      try {
        const answer = await callOnce(command);
        tries = 0;
        return answer;
      } catch (error) {
        if (!isSilence(error) || (error instanceof QuestionTimedOut && command.mayHang)) throw error;
        closeGate(error);
        if (notBefore - begin > options.patienceMs) throw error;
      }
    }
  };
  return { call, callOnce };
}

/** An author's command may end with any status: our script also says why. */
function saidBy(answer: Answer, exitCode: number, word: string): boolean {
  return answer.exitCode === exitCode && answer.stdout.includes(word);
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

async function askWithScript<T>(connection: Connection, host: PlannedHost, command: RemoteCommand<T>): Promise<Answer> {
  const script = command.standsAlone ? command.body : withHostScript(host.remoteDir, command.body);
  const ask = () => connection.ask(script, { timeoutSeconds: command.timeoutSeconds });
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
