import type { Socket } from 'node:net';

/** One end of a connection that carries JSON values, a line each. */
export interface LineSocket {
  send(value: unknown): void;
  /** The next value; null when the other end is gone. */
  next(): Promise<unknown>;
  /** Settles when the other end is gone. */
  gone: Promise<void>;
  /** What was sent still arrives. */
  leave(): void;
}

export function carryLines(socket: Socket): LineSocket {
  const values: unknown[] = [];
  const waiting: ((value: unknown) => void)[] = [];
  let text = '';
  let isGone = false;
  const give = (value: unknown) => {
    const taker = waiting.shift();
    if (taker === undefined) values.push(value);
    else taker(value);
  };
  socket.setNoDelay(true);
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) give(parseLine(line));
  });
  // Whatever broke it, it is closed next.
  socket.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isGone = true;
      for (const taker of waiting.splice(0)) taker(null);
      resolve();
    });
  });
  return {
    send: (value) => void socket.write(`${JSON.stringify(value)}\n`),
    next: () => {
      if (values.length > 0) return Promise.resolve(values.shift());
      return isGone ? Promise.resolve(null) : new Promise((resolve) => waiting.push(resolve));
    },
    gone,
    leave: () => {
      socket.end();
      socket.unref();
    },
  };
}

/** What is no JSON is nobody of ours. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
