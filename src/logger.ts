/** What fleet did, for whoever looks for a fault. Never a secret: only names, times and exit statuses are logged. */
export interface Logger {
  debug(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

const silentLogger: Logger = { debug: () => undefined, warn: () => undefined };

/** JSON lines on stderr when FLEET_LOG names a level (`debug`, `warn`); otherwise nothing, and pino is not even loaded. */
export async function openLogger(environment: NodeJS.ProcessEnv): Promise<Logger> {
  const level = environment['FLEET_LOG'];
  if (level === undefined || level === '') return silentLogger;
  // A bundled module of the old kind gives its default alone.
  const { default: pino } = await import('pino');
  const logger = pino({ level: level in pino.levels.values ? level : 'debug' }, pino.destination({ dest: 2, sync: true }));
  return {
    debug: (facts, message) => logger.debug(facts, message),
    warn: (facts, message) => logger.warn(facts, message),
  };
}
