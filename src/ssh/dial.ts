import { connect, type Socket } from 'node:net';
import type { Client } from 'ssh2';
import { nameAddress } from './address.ts';
import { collectCredentials, type Credentials, type Environment } from './credentials.ts';
import { explainFailure, type DialProgress } from './dial-failures.ts';
import { ConnectionFailed, HostKeyUnknown } from './failures.ts';
import { judgeHostKey, orderKeyAlgorithms, readRecordedKeys, recordIfUnknown } from './host-keys.ts';
import type { SshAddress } from './transport.ts';

const keepaliveMisses = 3;

/** The client, and its socket: ssh2 does not let go of a socket whose other end is silent. */
export interface Link {
  client: Client;
  socket: Socket;
}

/** Connects and logs in. Fails with a ConnectionFailed: nothing ran. */
export async function dial(address: SshAddress, environment: Environment, signal: AbortSignal): Promise<Link> {
  const ssh2 = await loadSsh2();
  const credentials = collectCredentials(address, environment, ssh2.utils.parseKey);
  const recorded = readRecordedKeys(address);
  let trusted: Buffer | null = null;
  let isNew = false;
  return openClient(ssh2, address, signal, credentials, {
    judge: (key) => {
      if (trusted !== null) return trusted.equals(key) ? null : keyChangedInFlight(address);
      const failure = judgeHostKey(address, recorded, key);
      isNew = failure instanceof HostKeyUnknown && address.hostKeys === 'accept-new';
      if (failure !== null && !isNew) return failure;
      trusted = key;
      return null;
    },
    // Only now has the server proved that the key is its own.
    proved: () => {
      if (trusted !== null && isNew) recordIfUnknown(address, trusted);
    },
    algorithms: orderKeyAlgorithms(recorded),
  });
}

/** Connects as far as it takes for the server to prove its host key, and gives that key. Does not log in. */
export async function fetchHostKey(address: SshAddress, signal: AbortSignal): Promise<Buffer> {
  const ssh2 = await loadSsh2();
  const recorded = readRecordedKeys(address);
  let shown: Buffer | null = null;
  let proved = false;
  const nobody: Credentials = { methods: [], names: [], problems: [] };
  const { socket } = await openClient(ssh2, address, signal, nobody, {
    judge: (key) => {
      shown = key;
      return null;
    },
    proved: () => {
      proved = true;
    },
    algorithms: orderKeyAlgorithms(recorded),
    untilHostKey: true,
  });
  socket.destroy();
  if (shown === null || !proved)
    throw new ConnectionFailed(`${nameAddress(address)}: it showed no host key`, { code: 'handshake-failed', retryable: true });
  return shown;
}

interface HostKeyHandling {
  /** Null to go on. */
  judge: (key: Buffer) => ConnectionFailed | null;
  proved: () => void;
  algorithms: ReturnType<typeof orderKeyAlgorithms>;
  untilHostKey?: boolean;
}

type Ssh2 = Awaited<ReturnType<typeof loadSsh2>>;

/** Loaded when first needed: commands that reach no host do not pay for it. */
async function loadSsh2() {
  const { default: ssh2 } = await import('ssh2');
  return ssh2;
}

function openClient(
  ssh2: Ssh2,
  address: SshAddress,
  signal: AbortSignal,
  credentials: Credentials,
  hostKeys: HostKeyHandling,
): Promise<Link> {
  const client = new ssh2.Client();
  const socket = openSocket(address);
  const progress: DialProgress = { stage: 'connecting', acceptedMethods: [], agentTrouble: null };
  return new Promise((resolve, reject) => {
    let refusal: ConnectionFailed | null = null;
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: unknown) => {
      settle(() =>
        reject(refusal ?? (error instanceof ConnectionFailed ? error : explainFailure(address, error, progress, credentials))),
      );
      socket.destroy();
    };
    const onAbort = () => fail(transportClosed(address));
    socket.once('connect', () => (progress.stage = 'handshake'));
    client.on('handshake', () => {
      if (progress.stage !== 'handshake') return;
      progress.stage = 'authenticating';
      try {
        hostKeys.proved();
      } catch (error) {
        fail(error);
        return;
      }
      if (hostKeys.untilHostKey === true) settle(() => resolve({ client, socket }));
    });
    // Stays for the life of the client: an error without a listener would end the process.
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level === 'agent') progress.agentTrouble = error.message;
      else fail(error);
    });
    client.once('close', () => fail(null));
    client.once('ready', () => {
      progress.stage = 'ready';
      settle(() => resolve({ client, socket }));
    });
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    const methods = [...credentials.methods];
    client.connect({
      sock: socket,
      host: address.host,
      port: address.port,
      username: address.user,
      readyTimeout: address.connectTimeoutSeconds * 1000,
      keepaliveInterval: address.keepaliveSeconds * 1000,
      keepaliveCountMax: keepaliveMisses,
      algorithms: { serverHostKey: hostKeys.algorithms },
      hostVerifier: (key: Buffer) => {
        refusal = hostKeys.judge(key);
        return refusal === null;
      },
      // No "none" attempt before: it costs a round trip, and a delay that sshd adds.
      authHandler: (left) => {
        if (Array.isArray(left)) progress.acceptedMethods = left;
        return methods.shift() ?? false;
      },
    });
  });
}

/** Our own socket, because ssh2 leaves Nagle's delay on, and because Node gives each of several addresses 250 ms only. */
function openSocket(address: SshAddress): Socket {
  return connect({
    host: address.host,
    port: address.port,
    noDelay: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor((address.connectTimeoutSeconds * 1000) / 3)),
  });
}

function transportClosed(address: SshAddress): ConnectionFailed {
  return new ConnectionFailed(`${nameAddress(address)}: the connection was given up before it was made`, {
    code: 'connection-given-up',
    retryable: false,
  });
}

function keyChangedInFlight(address: SshAddress): ConnectionFailed {
  return new ConnectionFailed(`${nameAddress(address)}: its host key changed within one connection`, {
    code: 'host-key-changed',
    retryable: false,
  });
}
