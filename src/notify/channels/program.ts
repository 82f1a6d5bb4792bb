import { spawn } from 'node:child_process';
import { messageOf, systemCode } from '../../errors.ts';
import type { Delivery } from '../delivery.ts';

/** A program that takes a message on its stdin. No shell reads its words. */
export interface ProgramCall {
  words: readonly string[];
  stdin: string;
  environment: NodeJS.ProcessEnv;
}

const timeLimitMs = 30_000;
const mostOfTrouble = 200;

/** Runs it once, in a process group of its own, so that nothing of it outlives the time limit. Its exit status alone decides. */
export function runProgram({ words, stdin, environment }: ProgramCall, signal?: AbortSignal): Promise<Delivery> {
  const [program = '', ...rest] = words;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { env: environment, detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
    let trouble = '';
    let stopped: string | null = null;
    const stop = (why: string) => {
      stopped = why;
      endGroup(child.pid);
    };
    const onAbort = () => stop('fleet was leaving');
    const timer = setTimeout(() => stop(`it took more than ${timeLimitMs / 1000} s`), timeLimitMs);
    const finish = (delivery: Delivery) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      // What it leaves running may hold the pipe open, and would keep fleet from ending.
      child.stderr.destroy();
      resolve(delivery);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stderr.on('data', (chunk: Buffer) => {
      trouble = `${trouble}${chunk.toString()}`.slice(-mostOfTrouble);
    });
    // It may have read enough, or have ended.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.on('error', (error) => finish({ kind: 'later', reason: `${program}: ${systemCode(error) ?? messageOf(error)}` }));
    child.on('exit', (code, name) => {
      if (code === 0 && stopped === null) finish({ kind: 'sent' });
      else finish({ kind: 'later', reason: `${program}: ${describeEnd(stopped, code, name)}${lastLine(trouble)}` });
    });
  });
}

function describeEnd(stopped: string | null, code: number | null, signal: string | null): string {
  if (stopped !== null) return `${stopped}, and was ended`;
  return code === null ? `ended by ${signal ?? 'a signal'}` : `exit status ${code}`;
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${line}`;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
