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
  let name = command;
  try {
    const config = await Config.load({ root });
    const { id, words } = findWords(config, command, rest);
    name = id?.replaceAll(':', ' ') ?? null;
    await runCommand(config, id, words);
  } catch (error) {
    reportError(error, { command: name, json: wantsJson(argv), color: wantsColor(argv) });
  }
}

async function runCommand(config: Config, id: string | null, words: string[]): Promise<void> {
  const found = id === null ? undefined : config.findCommand(id);
  const wantsTopic = id !== null && config.findTopic(id) !== undefined;
  if (id !== null && found === undefined && !isHelpFlag(id) && !(wantsTopic && wantsHelp(words)))
    throw refuseCommand(id, words, config);
  if (id === null || isHelpFlag(id) || wantsHelp(words)) {
    await showHelp(config, id === null ? [] : [id]);
    return;
  }
  await config.runCommand(id, words, found);
}

/** `fleet queue add` is one command, of the topic `queue`. */
function findWords(config: Config, command: string | null, rest: string[]): { id: string | null; words: string[] } {
  const [next, ...others] = rest;
  const long = `${command ?? ''}:${next ?? ''}`;
  return next !== undefined && config.findCommand(long) !== undefined
    ? { id: long, words: others }
    : { id: command, words: rest };
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

function refuseCommand(command: string, words: readonly string[], config: Config): FleetError {
  if (command.startsWith('-')) {
    return usageError('usage', `fleet: expected a command before "${command}"`, ['fleet --help']);
  }
  if (laterCommands.has(command)) return notYet(`fleet ${command}`, ['fleet --help']);
  if (config.findTopic(command) !== undefined) return refuseTopic(command, words[0], config.commandIDs);
  const nearest = nearestName(command, config.commandIDs);
  return usageError('unknown-command', `fleet: unknown command "${command}"`, [
    ...(nearest === null ? [] : [`fleet ${nearest}`]),
    'fleet --help',
  ]);
}

function refuseTopic(topic: string, word: string | undefined, known: readonly string[]): FleetError {
  const parts = known.flatMap((id) => (id.startsWith(`${topic}:`) ? [id.slice(topic.length + 1)] : []));
  const nearest = word === undefined ? null : nearestName(word, parts);
  const got = word === undefined ? 'nothing' : `"${word}"`;
  return usageError('usage', `fleet ${topic}: expected one of ${parts.join(', ')}, got ${got}`, [
    ...(nearest === null ? [] : [`fleet ${topic} ${nearest}`]),
    `fleet ${topic} --help`,
  ]);
}

async function showHelp(config: Config, argv: string[]): Promise<void> {
  const { default: FleetHelp } = await import('./help.ts');
  await new FleetHelp(config).showHelp(argv);
}
