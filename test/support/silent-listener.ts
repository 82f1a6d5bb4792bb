import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A port that counts who comes, and never answers: to see that nobody does. */
export interface SilentListener {
  port: number;
  connections: () => number;
  close: () => Promise<void>;
}

export async function listenSilently(): Promise<SilentListener> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
