import { OutcomeUnknown } from '../ssh/failures.ts';
import type { Answer, Connection } from '../ssh/transport.ts';

/** A script that reads `input`, in a channel of its own: it may say much and take long, and no question waits for it. */
export async function converseOnce(
  connection: Connection,
  script: string,
  { input, timeoutSeconds, signal }: { input: Buffer; timeoutSeconds: number; signal: AbortSignal },
): Promise<Answer> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const begin = performance.now();
  const streams = { onStdout: (chunk: Buffer) => stdout.push(chunk), onStderr: (chunk: Buffer) => stderr.push(chunk) };
  const { exitCode } = await connection.converse(script, streams, {
    input,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
  });
  if (exitCode === null) throw new OutcomeUnknown('a signal ended the command on the host');
  const seconds = (performance.now() - begin) / 1000;
  return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), seconds };
}
