import { quoteAll } from '../quoting.ts';
import type { Connection } from '../ssh/transport.ts';
import { isOutOfReach } from './out-of-reach.ts';

export interface ExecResult {
  host: string;
  worker: number;
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  seconds: number | null;
  error: { code: string; message: string; suggestions: string[] } | null;
}

/** One word is shell text, as with ssh; several are words, and mean themselves. */
export function commandText(words: readonly string[]): string {
  const [only] = words;
  return words.length === 1 && only !== undefined ? only : quoteAll(words);
}

/** Runs a command on one worker, after the host's setup lines. What could not be reached is a result with an error, not an exception. */
export async function execOn(
  connect: () => Promise<Connection>,
  target: { host: string; worker: number; setup: string },
  command: string,
  onOutput: ((stream: 'stdout' | 'stderr', chunk: Buffer) => void) | null,
  signal: AbortSignal,
): Promise<ExecResult> {
  const begin = performance.now();
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const { host, worker } = target;
  const result = (ended: Pick<ExecResult, 'exitCode' | 'signal' | 'error'>): ExecResult => ({
    host,
    worker,
    ...ended,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
    seconds: (performance.now() - begin) / 1000,
  });
  const take = (stream: 'stdout' | 'stderr', kept: Buffer[]) => (chunk: Buffer) => {
    if (onOutput === null) kept.push(chunk);
    else onOutput(stream, chunk);
  };
  try {
    const connection = await connect();
    const script = target.setup.trim() === '' ? command : `${target.setup.trimEnd()}\n${command}`;
    const streams = { onStdout: take('stdout', stdout), onStderr: take('stderr', stderr) };
    const ended = await connection.converse(script, streams, { signal });
    return result({ ...ended, error: null });
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    const { code, message, suggestions } = error;
    return result({ exitCode: null, signal: null, error: { code, message, suggestions } });
  }
}
