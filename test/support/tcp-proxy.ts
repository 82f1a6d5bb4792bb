import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line between two programs that can be cut. */
export interface TcpProxy {
  readonly port: number;
  /** Resets every connection, present and new, as soon as it has passed on so many pieces of those who dialled; null: none. */
  resetAfter(pieces: number | null): void;
  /** So many connections were reset so. */
  readonly resets: number;
  /** Nothing passes any more, in either direction, and nobody is told. */
  stall(): void;
  /** Resets what is connected, and every new connection. */
  refuse(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let mode: 'forward' | 'stall' | 'refuse' = 'forward';
  let pieces: number | null = null;
  let resets = 0;

  const server = createServer((near) => {
    if (mode === 'refuse') {
      near.on('error', () => undefined);
      near.resetAndDestroy();
      return;
    }
    const pair = { near, far: connect(target) };
    pairs.add(pair);
    let passed = 0;
    near.on('data', () => {
      passed += 1;
      if (pieces === null || passed < pieces) return;
      resets += 1;
      // What was passed on is to arrive.
      setTimeout(() => cut(pair), 5);
    });
    for (const [from, to] of [
      [near, pair.far],
      [pair.far, near],
    ] as const) {
      from.on('data', (chunk) => {
        if (mode !== 'stall') to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  const reset = () => {
    for (const pair of pairs) cut(pair);
  };
  const port = await listen(server);
  return {
    port,
    get resets() {
      return resets;
    },
    resetAfter: (count) => (pieces = count),
    stall: () => (mode = 'stall'),
    refuse: () => {
      mode = 'refuse';
      reset();
    },
    restore: () => {
      mode = 'forward';
      reset();
    },
    close: () => {
      reset();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function cut({ near, far }: { near: Socket; far: Socket }): void {
  near.resetAndDestroy();
  far.resetAndDestroy();
}

/** A port of this machine at which nobody listens. */
export async function findClosedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
}
