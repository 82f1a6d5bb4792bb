import { suggestName } from '../language/check-schema.ts';
import type { YamlPath } from '../yaml.ts';
import type { GuardRules, HaltMove, Launch, Linger } from './playbook.ts';
import type { Reader } from './reader.ts';
import {
  checkpointNowSchema,
  guardSchema,
  haltSchema,
  stackDumpSchema,
  startSchema,
  type HaltFile,
  type LingerFile,
} from './launch-schema.ts';
import { partAt, take } from './sections.ts';

/** Signals that a job may be sent. */
const signals = ['HUP', 'INT', 'QUIT', 'ABRT', 'KILL', 'USR1', 'USR2', 'ALRM', 'TERM', 'CONT', 'WINCH'];
const defaultGraceSeconds = 60;
const defaultLingerSeconds = 300;
const defaultMoves = ['TERM', '60s', 'KILL'];

export function buildLaunch(reader: Reader, playbook: unknown): Launch | null {
  const halt = buildHalt(reader, take(haltSchema, partAt(playbook, 'launch', 'halt') ?? {}) ?? {});
  const stackDump = buildStackDump(reader, playbook);
  const checkpointNow = buildCheckpointNow(reader, playbook);
  const guard = buildGuard(reader, playbook);
  const file = take(startSchema, partAt(playbook, 'launch'));
  if (file === null) return null;
  const limit = file['time-limit'];
  if (file.done !== undefined) reader.pattern(['launch', 'done'], file.done);
  return {
    command: file.run,
    log: file.log,
    proveEnv: file['prove-env'] ?? null,
    halt,
    stackDump,
    checkpointNow,
    guard,
    done: file.done ?? null,
    linger: buildLinger(reader, file.linger),
    timeLimitSeconds: limit === undefined ? null : reader.duration(['launch', 'time-limit'], limit),
  };
}

function buildLinger(reader: Reader, file: LingerFile | undefined): Linger {
  const { after, then = 'notify', 'counts-as': countsAs = 'failed' } = typeof file === 'string' ? { after: file } : (file ?? {});
  const path = typeof file === 'string' ? ['launch', 'linger'] : ['launch', 'linger', 'after'];
  if (countsAs === 'succeeded' && then !== 'halt') {
    const text = '"counts-as" is about a process that had to be stopped, and "then" is not "halt"';
    reader.report(['launch', 'linger', 'counts-as'], text, { part: 'key' });
  }
  return { afterSeconds: after === undefined ? defaultLingerSeconds : reader.duration(path, after), then, countsAs };
}

function buildGuard(reader: Reader, playbook: unknown): GuardRules {
  const file = take(guardSchema, partAt(playbook, 'launch', 'guard'));
  const at = ['launch', 'guard'];
  const { stall, disk } = file ?? {};
  const noNewLine = stall === undefined ? 0 : reader.duration([...at, 'stall', 'no-new-line'], stall['no-new-line']);
  const firstLine = stall?.['first-line'];
  return {
    stall:
      stall === undefined
        ? null
        : {
            file: stall.file,
            contains: stall.contains,
            noNewLineSeconds: noNewLine,
            firstLineSeconds: firstLine === undefined ? noNewLine : reader.duration([...at, 'stall', 'first-line'], firstLine),
          },
    disk:
      disk === undefined ? null : { path: disk.path ?? '.', freeBytes: reader.size([...at, 'disk', 'free'], disk.free).bytes },
  };
}

function buildCheckpointNow(reader: Reader, playbook: unknown): NonNullable<Launch['checkpointNow']> | null {
  const file = take(checkpointNowSchema, partAt(playbook, 'launch', 'checkpoint-now'));
  if (file === null || 'file' in file) return file;
  const path = ['launch', 'checkpoint-now', 'signal'];
  reportUnknownSignal(reader, path, file.signal);
  if (file.signal === 'KILL') reader.report(path, 'KILL ends the job before it can save');
  return file;
}

function buildStackDump(reader: Reader, playbook: unknown): Launch['stackDump'] {
  const file = take(stackDumpSchema, partAt(playbook, 'launch', 'stack-dump'));
  if (file === null) return null;
  const path = ['launch', 'stack-dump', 'signal'];
  reportUnknownSignal(reader, path, file.signal);
  if (file.signal === 'KILL') reader.report(path, 'KILL ends the job before it can write its stack');
  return { signal: file.signal, collect: file.collect ?? null };
}

function buildHalt(reader: Reader, file: HaltFile): Launch['halt'] {
  const { sentinel = null, grace, then = defaultMoves } = file;
  if (grace !== undefined && sentinel === null) {
    reader.report(['launch', 'halt', 'grace'], '"grace" is the time given to a "sentinel", and there is none', { part: 'key' });
  }
  const graceSeconds = grace === undefined ? defaultGraceSeconds : reader.duration(['launch', 'halt', 'grace'], grace);
  return {
    sentinel,
    graceSeconds: sentinel === null ? 0 : graceSeconds,
    then: then.map((move, index) => readMove(reader, ['launch', 'halt', 'then', index], move)),
  };
}

/** `TERM` sends, `60s` waits. */
function readMove(reader: Reader, path: YamlPath, move: string): HaltMove {
  if (/^\d/.test(move)) return { waitSeconds: reader.duration(path, move) };
  reportUnknownSignal(reader, path, move);
  return { signal: move };
}

function reportUnknownSignal(reader: Reader, path: YamlPath, name: string): void {
  if (signals.includes(name)) return;
  const bare = name.toUpperCase().replace(/^SIG/, '');
  const suggestion = signals.includes(bare) ? `did you mean "${bare}"?` : suggestName(name, signals);
  reader.report(path, `expected a signal (${signals.join(', ')}), got ${JSON.stringify(name)}`, { suggestion });
}
