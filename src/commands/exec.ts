import * as Flags from '@oclif/core/flags';
import { afterSeparator, beforeSeparator } from '../cli/arguments.ts';
import { BaseCommand, inventoryFlag } from '../cli/base-command.ts';
import { execEverywhere, exitCodeOfExec, type ExecResult } from '../cli/exec-everywhere.ts';
import { listenForInterruption } from '../cli/interruption.ts';
import { exitCodes, usageError } from '../errors.ts';

export default class Exec extends BaseCommand {
  static override summary = 'Run one command on hosts, and show what each answers.';
  static override description =
    'What stands after "--" reaches the host unchanged. One word is shell text; several are words that mean themselves. Ctrl-C stops it.';
  static override usage = 'exec --host PATTERN [--inventory PATH]... [--json] -- COMMAND';
  static override examples = [
    'fleet exec --host demo-a100x2 -- nvidia-smi -L',
    "fleet exec --host @gpu -- 'df -h . | tail -1'",
    'fleet exec --host prime1 --json -- ls -la',
  ];
  static override flags = {
    ...inventoryFlag,
    host: Flags.string({ summary: 'Where to run it.', helpValue: 'PATTERN', required: true }),
  };

  async run(): Promise<{ results: ExecResult[] }> {
    const words = readCommand(this.argv);
    const { flags } = await this.parse(Exec, beforeSeparator(this.argv));
    return this.withContext(flags, async (context) => {
      const interruption = listenForInterruption();
      const onOutput = this.jsonEnabled()
        ? null
        : (stream: 'stdout' | 'stderr', chunk: Buffer) => void process[stream].write(chunk);
      try {
        const wish = { host: flags.host, words, signal: interruption.signal, onOutput };
        const { results, live } = await execEverywhere(context, wish);
        process.exitCode = interruption.signal.aborted ? exitCodes.detached : exitCodeOfExec(results);
        if (!this.jsonEnabled()) for (const result of results) this.show(result, live);
        return { results };
      } finally {
        interruption.stop();
      }
    });
  }

  private show({ host, worker, stdout, stderr, exitCode, signal, error }: ExecResult, live: boolean): void {
    const name = worker === 0 ? host : `${host}/${worker}`;
    const head = (text: string) => linesOf(text).map((line) => `${name}: ${line}`);
    if (!live) this.answer(head(stdout));
    if (!live) this.tell(head(stderr));
    if (error !== null) this.tell(describeTrouble(name, error));
    else if (exitCode !== 0)
      this.tell([`${name}: ${exitCode === null ? `ended by ${signal ?? 'a signal'}` : `exit ${exitCode}`}`]);
  }
}

function readCommand(argv: readonly string[]): string[] {
  const words = afterSeparator(argv);
  if (words !== null && words.length > 0) return words;
  const expected = words === null ? 'expected "--" and a command after it' : 'expected a command after "--"';
  throw usageError('usage', `fleet exec: ${expected}`, ['fleet exec --host PATTERN -- COMMAND']);
}

/** Most messages name the host themselves. */
function describeTrouble(name: string, { message, suggestions }: NonNullable<ExecResult['error']>): string[] {
  return [message.includes(name) ? message : `${name}: ${message}`, ...suggestions.map((text) => `  hint: ${text}`)];
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
