import * as Flags from '@oclif/core/flags';
import { BaseCommand, inventoryFlag } from '../cli/base-command.ts';
import { execEverywhere, exitOfExec, type ExecResult } from '../cli/exec-everywhere.ts';
import { listenForInterruption } from '../cli/interruption.ts';
import { exitCodes, usageError } from '../errors.ts';

export default class Exec extends BaseCommand {
  static override summary = 'Run one command on hosts, and show what each answers.';
  static override description = 'One word is shell text; several are words that mean themselves. Ctrl-C stops waiting.';
  static override examples = ['fleet exec --host prime1 -- nvidia-smi -L', "fleet exec --host @gpu -- 'df -h . | tail -1'"];
  static override strict = false;
  static override flags = {
    ...inventoryFlag,
    host: Flags.string({ summary: 'Where to run it.', helpValue: 'PATTERN', required: true }),
  };

  async run(): Promise<{ results: ExecResult[] }> {
    const { argv, flags } = await this.parse(Exec);
    if (argv.length === 0)
      throw usageError('usage', 'fleet exec: expected a command after "--"', ['fleet exec --host HOST -- COMMAND']);
    return this.withContext(flags, async (context) => {
      const interruption = listenForInterruption();
      const onOutput = this.jsonEnabled()
        ? null
        : (stream: 'stdout' | 'stderr', chunk: Buffer) => void process[stream].write(chunk);
      const wish = { host: flags.host, words: argv.map(String), signal: interruption.signal, onOutput };
      const { results, live } = await execEverywhere(context, wish);
      process.exitCode = interruption.signal.aborted ? exitCodes.detached : exitOfExec(results);
      interruption.stop();
      for (const result of results) this.show(result, live);
      return { results };
    });
  }

  private show(result: ExecResult, live: boolean): void {
    const name = result.worker === 0 ? result.host : `${result.host}/${result.worker}`;
    const trouble =
      result.error === null
        ? []
        : [`${name}: ${result.error.message}`, ...result.error.suggestions.map((text) => `try: ${text}`)];
    this.tell(trouble);
    if (live) return;
    const head = (text: string) => linesOf(text).map((line) => `${name}: ${line}`);
    this.answer(head(result.stdout));
    if (!this.jsonEnabled()) this.tell(head(result.stderr));
    if (!this.jsonEnabled() && result.exitCode !== 0 && result.error === null)
      this.tell([`${name}: exit ${result.exitCode ?? result.signal ?? 'unknown'}`]);
  }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
