import { OutcomeUnknown } from '../ssh/failures.ts';
import type { Answer, Connection } from '../ssh/transport.ts';

interface Terms {
  /** What the script reads; null: nothing. */
  input: Buffer | null;
  /** Left out: as long as it takes. */
  timeoutSeconds?: number;
  signal: AbortSignal;
}

/** A script in a channel of its own: it may say much and take long, and no question waits for it. */
export async function converseOnce(
  connection: Connection,
  script: string,
  { input, timeoutSeconds, signal }: Terms,
): Promise<Answer> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const begin = performance.now();
  const streams = { onStdout: (chunk: Buffer) => stdout.push(chunk), onStderr: (chunk: Buffer) => stderr.push(chunk) };
  const { exitCode } = await connection.converse(script, streams, {
    ...(input === null ? {} : { input }),
    signal: timeoutSeconds === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
  });
  if (exitCode === null) throw new OutcomeUnknown('a signal ended the command on the host');
  const seconds = (performance.now() - begin) / 1000;
  return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), seconds };
}
