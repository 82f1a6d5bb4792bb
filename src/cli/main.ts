import { Config } from '@oclif/core/config';
import { notYet, usageError, type FleetError } from '../errors.ts';
import { nearestName } from '../language/nearest.ts';
import { wantsColor, wantsHelp, wantsJson } from './arguments.ts';
import { laterCommands } from './later-commands.ts';
import { tolerateClosedPipes } from './output.ts';
import { reportError } from './report-error.ts';

/** Runs one command line. Never rejects: trouble is told and becomes the exit code. `root` holds package.json and the manifest. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  tolerateClosedPipes();
  const [command = null, ...rest] = moveHelpToTheEnd(argv);
  try {
    await runCommand(command, rest, root);
  } catch (error) {
    reportError(error, { command, json: wantsJson(argv), color: wantsColor(argv) });
  }
}

async function runCommand(command: string | null, rest: string[], root: string): Promise<void> {
  const config = await Config.load({ root });
  const found = command === null ? undefined : config.findCommand(command);
  if (command !== null && found === undefined && !isHelpFlag(command)) throw refuseCommand(command, config.commandIDs);
  if (command === null || isHelpFlag(command) || wantsHelp(rest)) {
    await showHelp(config, command === null ? [] : [command]);
    return;
  }
  await config.runCommand(command, rest, found);
}

/** `fleet help status` is `fleet status --help`. */
function moveHelpToTheEnd(argv: readonly string[]): readonly string[] {
  if (argv[0] !== 'help') return argv;
  const [, command, ...rest] = argv;
  return command === undefined ? ['--help'] : [command, ...rest, '--help'];
}

function isHelpFlag(word: string): boolean {
  return word === '--help' || word === '-h';
}

function refuseCommand(command: string, known: string[]): FleetError {
  if (command.startsWith('-')) {
    return usageError('usage', `fleet: expected a command before "${command}"`, ['fleet --help']);
  }
  if (laterCommands.has(command)) return notYet(`fleet ${command}`, ['fleet --help']);
  const nearest = nearestName(command, known);
  return usageError('unknown-command', `fleet: unknown command "${command}"`, [
    ...(nearest === null ? [] : [`fleet ${nearest}`]),
    'fleet --help',
  ]);
}

async function showHelp(config: Config, argv: string[]): Promise<void> {
  const { default: FleetHelp } = await import('./help.ts');
  await new FleetHelp(config).showHelp(argv);
}
