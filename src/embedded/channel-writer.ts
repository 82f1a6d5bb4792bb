import type { ServerChannel } from 'ssh2';

export interface ChannelWriter {
  /** Resolves when the client's window has taken all of it, or when the writer was closed. */
  write(name: 'stdout' | 'stderr', chunk: Buffer): Promise<void>;
  /** Milliseconds since the last write ended; 0 while one is under way. */
  idleMs(): number;
  close(): void;
}

/**
 * Writes to both outputs of a channel, one chunk at a time.
 *
 * ssh2 1.17 keeps the chunk that last waited for the client's window, and sends it again when the *other* output has to wait: so never
 * two at once, and what it keeps is dropped after each.
 */
export function createChannelWriter(channel: ServerChannel): ChannelWriter {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let endedAtMs = performance.now();
  let closed = false;
  let release: (() => void) | null = null;

  const writeNow = (name: 'stdout' | 'stderr', chunk: Buffer) =>
    new Promise<void>((resolve) => {
      if (closed) {
        resolve();
        return;
      }
      release = resolve;
      (name === 'stdout' ? channel : channel.stderr).write(chunk, () => {
        Object.assign(channel, { _chunk: undefined, _chunkcb: undefined, _chunkErr: undefined, _chunkcbErr: undefined });
        resolve();
      });
    });

  return {
    write: (name, chunk) => {
      waiting += 1;
      last = last
        .then(() => writeNow(name, chunk))
        .then(() => {
          waiting -= 1;
          endedAtMs = performance.now();
        });
      return last;
    },
    idleMs: () => (waiting > 0 ? 0 : performance.now() - endedAtMs),
    close: () => {
      closed = true;
      release?.();
    },
  };
}
