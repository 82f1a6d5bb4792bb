import { createServer } from 'node:net';
import type { Server as NetServer, Socket } from 'node:net';
import { authenticate } from './authentication.ts';
import type { Keys } from './keys.ts';
import { serveSessions } from './sessions.ts';
import type { SessionSettings } from './sessions.ts';

export interface EmbeddedServer {
  port: number;
  /** Ends every connection. Resolves when none is left; commands in sessions of their own go on. */
  close(): Promise<void>;
}

const partingMs = 500;

/** Listens on 127.0.0.1, on a free port. */
export async function startServer(user: string, keys: Keys, settings: SessionSettings): Promise<EmbeddedServer> {
  const { Server } = (await import('ssh2')).default;
  const sockets = new Set<Socket>();
  const ssh = new Server({ hostKeys: [keys.host], ident: 'fleet-embedded' }, (connection) => {
    // A client that resets its connection is ordinary here; `close` follows and ends what it ran.
    connection.on('error', () => connection.end());
    authenticate(connection, user, keys.clientPublic);
    connection.once('ready', () => serveSessions(connection, settings));
  });
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  const port = await listen(server);
  return { port, close: () => close(server, sockets) };
}

function listen(server: NetServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the embedded host got no port'));
      else resolve(address.port);
    });
  });
}

function close(server: NetServer, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, partingMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    for (const socket of sockets) socket.end();
  });
}
