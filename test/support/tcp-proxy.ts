import { connect, createServer, type Server, type Socket } from 'node:net';

/** `up`: from those who dial; `down`: to them. */
export type Direction = 'up' | 'down';

/** A line between two programs, with the faults of real ones. */
export interface TcpProxy {
  readonly port: number;
  /** Bytes passed on so far, all connections together. */
  readonly passed: Readonly<Record<Direction, number>>;
  /** Connections that were cut by `cutAfter` or `cutEach` so far. */
  readonly cuts: number;
  /** Each byte comes so much later, both ways. */
  delay(ms: number): void;
  /**
   * Passes on exactly so many more bytes in this direction, also in the middle of a packet, then cuts the connection they came over, once. They
   * arrive; with none, the next byte does not.
   */
  cutAfter(direction: Direction, bytes: number): void;
  /** The same for every connection, present and new, once it has passed on so many bytes in this direction; null: for none. */
  cutEach(direction: Direction, bytes: number | null): void;
  /** Tells the receivers of this direction that nothing more will come, and nothing does. The other direction stays open. */
  halfClose(direction: Direction): void;
  /** Nothing passes any more, in either direction, and nobody is told. */
  stall(): void;
  /** Resets what is connected. */
  reset(): void;
  /** Resets what is connected, and every new connection. */
  refuse(): void;
  /** Ends every fault. What is connected is reset: bytes of it may be missing. */
  restore(): void;
  close(): Promise<void>;
}

interface Pair {
  near: Socket;
  far: Socket;
  passed: Record<Direction, number>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const passed = { up: 0, down: 0 };
  const left = { up: Infinity, down: Infinity };
  const leftOfEach = { up: Infinity, down: Infinity };
  let mode: 'forward' | 'stall' | 'refuse' = 'forward';
  let delayMs = 0;
  let cuts = 0;

  /** As much of the chunk as may pass. True: that was the last. */
  const passOn = (chunk: Buffer, pair: Pair, direction: Direction): boolean => {
    const to = direction === 'up' ? pair.far : pair.near;
    if (mode === 'stall' || to.writableEnded) return false;
    const room = Math.min(left[direction], Math.max(0, leftOfEach[direction] - pair.passed[direction]));
    const part = chunk.subarray(0, room);
    if (part.length > 0) to.write(part);
    for (const count of [passed, pair.passed]) count[direction] += part.length;
    left[direction] -= part.length;
    if (room > chunk.length) return false;
    if (left[direction] === 0) left[direction] = Infinity;
    return true;
  };

  const forward = (pair: Pair, direction: Direction) => {
    const [from, to] = direction === 'up' ? [pair.near, pair.far] : [pair.far, pair.near];
    let turn = Promise.resolve();
    const inTurn = (act: () => void) => {
      const at = performance.now() + delayMs;
      turn = turn.then(() => waitUntil(at)).then(act);
    };
    from.on('data', (chunk) =>
      inTurn(() => {
        if (!passOn(chunk, pair, direction)) return;
        cuts += 1;
        from.resetAndDestroy();
      }),
    );
    from.on('end', () =>
      inTurn(() => {
        if (mode !== 'stall') to.end();
      }),
    );
    from.on('error', () => undefined);
    from.on('close', () => {
      if (mode === 'stall') return;
      to.destroySoon();
      pairs.delete(pair);
    });
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    if (mode === 'refuse') {
      near.on('error', () => undefined);
      near.resetAndDestroy();
      return;
    }
    const pair = { near, far: connect({ ...target, allowHalfOpen: true, noDelay: true }), passed: { up: 0, down: 0 } };
    pairs.add(pair);
    forward(pair, 'up');
    forward(pair, 'down');
  });
  const reset = () => {
    for (const pair of pairs) cut(pair);
  };
  const port = await listen(server);
  return {
    port,
    passed,
    get cuts() {
      return cuts;
    },
    delay: (ms) => (delayMs = ms),
    cutAfter: (direction, bytes) => (left[direction] = bytes),
    cutEach: (direction, bytes) => (leftOfEach[direction] = bytes ?? Infinity),
    halfClose: (direction) => {
      for (const { near, far } of pairs) (direction === 'up' ? far : near).end();
    },
    stall: () => (mode = 'stall'),
    reset,
    refuse: () => {
      mode = 'refuse';
      reset();
    },
    restore: () => {
      mode = 'forward';
      delayMs = 0;
      for (const limits of [left, leftOfEach]) limits.up = limits.down = Infinity;
      reset();
    },
    close: () => {
      reset();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function cut({ near, far }: Pair): void {
  near.resetAndDestroy();
  far.resetAndDestroy();
}

async function waitUntil(at: number): Promise<void> {
  const ms = at - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
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
