import { fstatSync } from 'node:fs';
import { systemCode } from '../errors.ts';

const closed = new AbortController();

/** Aborts when nobody reads stdout any more (`fleet watch | head`): time to stop following. */
export const stdoutClosed: AbortSignal = closed.signal;

/** A reader that leaves early is no error. To be called once, before anything is written. */
export function tolerateClosedPipes(): void {
  process.stdout.on('error', (error: unknown) => {
    if (!isClosed(error)) throw error;
    closed.abort();
  });
  process.stderr.on('error', (error: unknown) => {
    if (!isClosed(error)) throw error;
  });
}

/** A pipe that nobody reads any more, or a terminal that is gone. */
function isClosed(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'EPIPE' || code === 'EIO';
}

/** Whether answers and trouble go to one place: a terminal, or a pipe that takes both. */
export function isOnePlace(): boolean {
  const [answer, trouble] = [fstatSync(process.stdout.fd), fstatSync(process.stderr.fd)];
  return answer.dev === trouble.dev && answer.ino === trouble.ino;
}

export function writeAnswer(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

export function writeTrouble(lines: readonly string[]): void {
  if (lines.length > 0) process.stderr.write(`${lines.join('\n')}\n`);
}

/** Waits while the reader of stdout is slower than we are; a reader that has left is not waited for. */
export function writeBytes(bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(bytes) || closed.signal.aborted) {
      resolve();
      return;
    }
    const finish = () => {
      process.stdout.off('drain', finish);
      closed.signal.removeEventListener('abort', finish);
      resolve();
    };
    process.stdout.on('drain', finish);
    closed.signal.addEventListener('abort', finish);
  });
}

export function writeJsonDocument(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** For `--watch` and `-f`: one document a line. */
export function writeJsonLine(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}
