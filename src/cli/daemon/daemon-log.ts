import { join } from 'node:path';
import type { Logger } from '../../logger.ts';
import type { QueueLine } from '../../queue/parts.ts';
import { openRotatingFile } from './rotating-file.ts';

/** What the daemon did, in `daemon.log` of the state folder: JSON lines, 5 MiB a file, the last five of them. */
export interface DaemonLog extends Logger {
  tell(line: QueueLine): void;
  close(): void;
}

const size = { mostBytes: 5 * 1024 * 1024, kept: 4 };
/** Whatever is logged one day: a value under such a name is none to keep. Text of hosts has been scrubbed before. */
const secretNames = ['password', 'passphrase', 'token', 'secret', 'key', 'authorization', 'environment', 'env'];

export async function openDaemonLog(stateDir: string): Promise<DaemonLog> {
  // A bundled module of the old kind gives its default alone.
  const { default: pino } = await import('pino');
  const file = openRotatingFile(join(stateDir, 'daemon.log'), size);
  const paths = secretNames.flatMap((name) => [name, `*.${name}`]);
  const logger = pino(
    { base: { pid: process.pid }, redact: { paths, censor: '[redacted]' }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => file.write(line) },
  );
  return {
    debug: (facts, message) => logger.debug(facts, message),
    warn: (facts, message) => logger.warn(facts, message),
    tell: ({ text, trouble = false, ...facts }) => {
      if (trouble) logger.warn(facts, text);
      else logger.info(facts, text);
    },
    close: () => file.close(),
  };
}
