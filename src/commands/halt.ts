import { userInfo } from 'node:os';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { inventoryFlag } from '../cli/base-command.ts';
import { chooseRuns, haltable } from '../cli/choose-runs.ts';
import { RunCommand, type RunsDocument } from '../cli/run-command.ts';
import { messageOf, usageError } from '../errors.ts';
import { parseDuration } from '../language/units.ts';

export default class Halt extends RunCommand {
  static override summary = 'Stop runs: asked first, then forced, then proved gone.';
  static override description = 'Never refused: whoever drives the run is replaced. Alone, it halts the only active run.';
  static override examples = ['fleet halt', 'fleet halt 4f2a --grace 30s', 'fleet halt --host prime1 --force'];
  static override strict = false;
  static override args = { run: Args.string({ name: 'RUN', description: 'ids of runs, or their beginnings' }) };
  static override flags = {
    ...inventoryFlag,
    host: Flags.string({ summary: 'Active runs on these hosts.', helpValue: 'PATTERN' }),
    all: Flags.boolean({ summary: 'Every active run.' }),
    force: Flags.boolean({ summary: 'Do not ask: KILL at once.' }),
    grace: Flags.string({ summary: 'How long the job may take to stop by itself.', helpValue: 'DURATION' }),
  };

  async run(): Promise<RunsDocument> {
    const { argv, flags } = await this.parse(Halt);
    const graceSeconds = readGrace(flags.grace);
    return this.withContext(flags, async (context) => {
      const runs = await chooseRuns(context, haltable, { prefixes: argv.map(String), host: flags.host, all: flags.all });
      const reason = `asked by ${userInfo().username}`;
      if (runs.length > 0) return this.haltRuns(context, runs, { reason, graceSeconds, force: flags.force });
      this.answer([
        flags.host === undefined ? 'no run is active: nothing to halt' : `no run is active on ${flags.host}: nothing to halt`,
      ]);
      return { runs: [] };
    });
  }
}

function readGrace(text: string | undefined): number | null {
  if (text === undefined) return null;
  try {
    return parseDuration(text);
  } catch (error) {
    throw usageError('usage', `--grace: ${messageOf(error)}`);
  }
}
