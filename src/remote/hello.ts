import { readLines, UnexpectedAnswer, valueOf, type RemoteCommand } from './command.ts';

/** What a run needs of a host before anything else is asked of it. */
export interface Hello {
  /** Machine, host name, boot, pid namespace and start of pid 1: whether a recorded pid can still mean the same process. */
  incarnation: string;
  uptimeSeconds: number;
  /** What puts a process into a session of its own: setsid, busybox, python3 or perl; null when there is nothing. */
  sessionTool: string | null;
  home: string;
  writable: boolean;
  proc: boolean;
  /** logind ends a user's processes at logout: a job would not outlive the connection. */
  killsAtLogout: boolean;
}

/** Which machine answers, in which incarnation. */
export function askForIncarnation(): RemoteCommand<string> {
  return {
    name: 'look which machine it is',
    body: 'say incarnation "$(incarnation)"',
    timeoutSeconds: 30,
    parse(answer) {
      const incarnation = valueOf(readLines(answer.stdout), 'incarnation');
      if (incarnation === null) throw new UnexpectedAnswer('look which machine it is', answer);
      return incarnation;
    },
  };
}

export function sayHello(): RemoteCommand<Hello> {
  return {
    name: 'look at the host',
    body: 'hello',
    timeoutSeconds: 30,
    parse(answer) {
      const lines = readLines(answer.stdout);
      const incarnation = valueOf(lines, 'incarnation');
      const killsAtLogout = valueOf(lines, 'kills-at-logout');
      if (incarnation === null || killsAtLogout === null) throw new UnexpectedAnswer('look at the host', answer);
      const tool = valueOf(lines, 'session-tool');
      return {
        incarnation,
        uptimeSeconds: Number(valueOf(lines, 'uptime')),
        sessionTool: tool === 'none' ? null : tool,
        home: valueOf(lines, 'home') ?? '',
        writable: valueOf(lines, 'writable') === 'yes',
        proc: valueOf(lines, 'proc') === 'yes',
        killsAtLogout: killsAtLogout === 'yes',
      };
    },
  };
}
