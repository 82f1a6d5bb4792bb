import { messageOf, systemCode } from '../errors.ts';
import { nameAddress } from './address.ts';
import type { Credentials } from './credentials.ts';
import { ConnectionFailed } from './failures.ts';
import type { SshAddress } from './transport.ts';

/** How far a connection came before it failed, and what was learned on the way. */
export interface DialProgress {
  stage: 'connecting' | 'handshake' | 'authenticating' | 'ready';
  /** What the server would accept, after it refused something. */
  acceptedMethods: string[];
  agentTrouble: string | null;
}

/** Sorts what ssh2 or the system reports; `error` is null when the connection just closed. */
export function explainFailure(
  address: SshAddress,
  error: unknown,
  progress: DialProgress,
  credentials: Credentials,
): ConnectionFailed {
  const level = typeof error === 'object' && error !== null && 'level' in error ? error.level : undefined;
  if (level === 'client-timeout') return timedOut(address, progress);
  if (level === 'client-authentication') return loginRefused(address, progress, credentials, error);
  if (level === 'handshake') return handshakeFailed(address, error);
  const code = systemCode(error);
  if (progress.stage === 'connecting' && code !== undefined) return unreachable(address, code, error);
  // A server that hangs up says why by a number; while we log in that is its answer to the login.
  const isGoodbye = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number';
  if (isGoodbye && progress.stage === 'authenticating') return loginRefused(address, progress, credentials, error);
  return lost(address, progress, error);
}

function unreachable(address: SshAddress, code: string, cause: unknown): ConnectionFailed {
  const who = nameAddress(address);
  switch (code) {
    case 'ECONNREFUSED':
      return new ConnectionFailed(`${who}: connection refused: nothing listens on port ${address.port}`, {
        code: 'connection-refused',
        retryable: true,
        suggestions: ['is sshd running there, and on this port?'],
        cause,
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return new ConnectionFailed(`${who}: the name "${address.host}" was not found (${code})`, {
        code: 'name-not-found',
        retryable: true,
        suggestions: ['look for a typing error in the inventory', 'is the name server reachable, or a VPN missing?'],
        cause,
      });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return new ConnectionFailed(`${who}: there is no way to this address (${code})`, {
        code: 'no-route',
        retryable: true,
        suggestions: ['is the machine on, and this computer in the right network or VPN?'],
        cause,
      });
    case 'ECONNRESET':
    case 'EPIPE':
      return lost(address, { stage: 'handshake' }, cause);
    case 'ETIMEDOUT':
      return timedOut(address, { stage: 'connecting' });
    default:
      return new ConnectionFailed(`${who}: cannot connect: ${messageOf(cause) || code}`, {
        code: 'connection-failed',
        retryable: true,
        cause,
      });
  }
}

function timedOut(address: SshAddress, { stage }: Pick<DialProgress, 'stage'>): ConnectionFailed {
  const found =
    stage === 'connecting'
      ? 'no answer'
      : stage === 'handshake'
        ? 'connected, but the SSH handshake did not end'
        : 'the login did not end';
  return new ConnectionFailed(`${nameAddress(address)}: ${found} within ${address.connectTimeoutSeconds} s`, {
    code: 'connection-timed-out',
    retryable: true,
    suggestions: [
      stage === 'connecting' ? 'is the machine on, and the port let through by its firewall?' : 'is the machine overloaded?',
    ],
  });
}

function handshakeFailed(address: SshAddress, cause: unknown): ConnectionFailed {
  return new ConnectionFailed(`${nameAddress(address)}: the SSH handshake failed: ${messageOf(cause)}`, {
    code: 'handshake-failed',
    retryable: false,
    suggestions: [`is it an SSH server that answers on port ${address.port}, and not older than ten years?`],
    cause,
  });
}

function loginRefused(address: SshAddress, progress: DialProgress, credentials: Credentials, cause: unknown): ConnectionFailed {
  const said = systemNumber(cause) === null ? '' : ` (it said: ${messageOf(cause)})`;
  const accepts = progress.acceptedMethods.length === 0 ? '' : `; it accepts: ${progress.acceptedMethods.join(', ')}`;
  const agent = progress.agentTrouble === null ? '' : `; the agent: ${progress.agentTrouble}`;
  const problems = credentials.problems.length === 0 ? '' : `; not offered: ${credentials.problems.join('; ')}`;
  return new ConnectionFailed(
    `${nameAddress(address)}: login refused${said}; offered: ${credentials.names.join(', ')}${accepts}${agent}${problems}`,
    {
      code: 'authentication-failed',
      retryable: false,
      suggestions: [
        `is the user "${address.user}" right, and your public key in its ~/.ssh/authorized_keys on the host?`,
        `try: ssh -v -p ${address.port} ${address.user}@${address.host} true`,
      ],
      cause,
    },
  );
}

function lost(address: SshAddress, { stage }: Pick<DialProgress, 'stage'>, cause: unknown): ConnectionFailed {
  const where =
    stage === 'authenticating'
      ? 'while logging in'
      : stage === 'ready'
        ? 'right after the login'
        : 'before the SSH handshake ended';
  const why = cause === null ? '' : `: ${messageOf(cause)}`;
  return new ConnectionFailed(`${nameAddress(address)}: the connection was lost ${where}${why}`, {
    code: 'connection-lost-before-start',
    retryable: true,
    suggestions: [
      `is it an SSH server that answers on port ${address.port}, and does it let so many connect at once (MaxStartups)?`,
    ],
    cause,
  });
}

function systemNumber(error: unknown): number | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number' ? error.code : null;
}
