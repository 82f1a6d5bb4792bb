import type { Connection, ServerChannel, Session } from 'ssh2';
import { runCommand } from './command.ts';
import type { RunningCommand } from './command.ts';
import { isPassedOn, makeCommandEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';

/** As many as an sshd grants without being told otherwise. */
const maxSessions = 10;

export interface SessionSettings {
  home: string;
  environment: Environment;
  /** Variables that the machine itself sets. */
  own: Readonly<Record<string, string>>;
}

/** Serves the sessions of one connection: commands and plain shells, without terminals and file transfer. */
export function serveSessions(connection: Connection, settings: SessionSettings): void {
  const commands = new Set<RunningCommand>();
  let open = 0;
  connection.on('session', (accept, reject) => {
    if (open >= maxSessions) {
      reject();
      return;
    }
    open += 1;
    let counted = true;
    serveSession(accept(), settings, commands, () => {
      if (counted) open -= 1;
      counted = false;
    });
  });
  connection.on('close', () => {
    for (const command of commands) command.hangUp();
  });
}

function serveSession(session: Session, settings: SessionSettings, commands: Set<RunningCommand>, release: () => void): void {
  const asked = new Map<string, string>();
  let running: RunningCommand | null = null;

  const run = (channel: ServerChannel, command: string | null) => {
    const environment = { ...makeCommandEnvironment(settings.home, settings.environment, asked), ...settings.own };
    const started = runCommand(channel, { command, cwd: settings.home, environment }, () => {
      commands.delete(started);
      release();
    });
    running = started;
    commands.add(started);
    channel.once('close', release);
  };

  // ssh2 gives no `accept` and no `reject` where the client wants no reply.
  session.on('env', (accept: (() => void) | undefined, reject: (() => void) | undefined, info) => {
    if (isPassedOn(info.key)) asked.set(info.key, info.val);
    (isPassedOn(info.key) ? accept : reject)?.();
  });
  session.on('pty', (_accept, reject: (() => void) | undefined) => reject?.());
  session.on('signal', (_accept, _reject, info) => running?.signal(info.name));
  session.on('exec', (accept, _reject, info) => run(accept(), info.command));
  session.on('shell', (accept) => run(accept(), null));
  session.on('subsystem', (_accept, reject: (() => void) | undefined) => {
    reject?.();
    release();
  });
}
