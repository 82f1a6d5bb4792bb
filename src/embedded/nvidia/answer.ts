import { dirname } from 'node:path';
import { listCards } from './cards.ts';
import { listCardUses } from './card-use.ts';
import { cardFields, processFields } from './fields.ts';
import { answerQuery, parseFormat } from './query.ts';
import type { QueryAnswer } from './query.ts';
import { readCards } from './readings.ts';
import type { Reading } from './readings.ts';
import { formatTable } from './table.ts';

export interface ToolAnswer {
  text: string;
  exitCode: number;
}

/** What the pretend nvidia-smi prints for these arguments. */
export function answerNvidiaSmi(args: string[], pretendDir: string, nowMs: number): ToolAnswer {
  const options = parseArguments(args);
  if (options === null) return refuse(args);
  if (options.has('help')) return print(help);
  const readings = readCards(listCards(dirname(pretendDir)), listCardUses(pretendDir), nowMs);
  const chosen = choose(readings, options.get('id'));
  if (chosen.length === 0) return { text: 'No devices were found\n', exitCode: 6 };
  if (options.has('list-gpus')) return print(chosen.map(({ card }) => `GPU ${card.index}: ${card.name} (UUID: ${card.uuid})`));
  const query = answerAnyQuery(options, chosen, readings.length, nowMs);
  if (query === null) return options.has('format') ? refuse(args) : print(formatTable(chosen, nowMs));
  if (query === 'bad-format') return refuse(args);
  if ('lines' in query) return print(query.lines);
  return { text: `Field "${query.unknownField}" is not a valid field to query.\n\n`, exitCode: 2 };
}

const help = [
  'nvidia-smi of an embedded host: it pretends. There is no driver and no card behind it.',
  '',
  '    nvidia-smi                      the table',
  '    -L, --list-gpus                 the cards, one a line',
  '    -i, --id=INDEX|UUID|BUS-ID,...  only these cards',
  '    --query-gpu=FIELDS              values of each card         with --format=csv[,noheader][,nounits]',
  '    --query-compute-apps=FIELDS     processes that hold memory  with --format=csv[,noheader][,nounits]',
];

const names = ['help', 'list-gpus', 'id', 'query-gpu', 'query-compute-apps', 'format'];
const short = new Map([
  ['-h', 'help'],
  ['-L', 'list-gpus'],
  ['-i', 'id'],
]);
const takeNothing = ['help', 'list-gpus'];

/** Null when an argument is not one of ours. */
function parseArguments(args: string[]): Map<string, string> | null {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const [flag = '', ...rest] = (args[at] ?? '').split('=');
    const name = short.get(flag) ?? (flag.startsWith('--') ? flag.slice(2) : '');
    if (!names.includes(name)) return null;
    if (takeNothing.includes(name)) options.set(name, '');
    else if (rest.length > 0) options.set(name, rest.join('='));
    else {
      at += 1;
      const value = args[at];
      if (value === undefined) return null;
      options.set(name, value);
    }
  }
  return options;
}

function choose(readings: Reading[], ids: string | undefined): Reading[] {
  if (ids === undefined) return readings;
  const wanted = ids.split(',');
  return readings.filter(({ card }) => [String(card.index), card.uuid, card.busId].some((id) => wanted.includes(id)));
}

function answerAnyQuery(
  options: Map<string, string>,
  chosen: Reading[],
  cardCount: number,
  nowMs: number,
): QueryAnswer | 'bad-format' | null {
  const cards = options.get('query-gpu');
  const processes = options.get('query-compute-apps');
  if (cards === undefined && processes === undefined) return null;
  const format = parseFormat(options.get('format') ?? '');
  if (format === null || (cards !== undefined && processes !== undefined)) return 'bad-format';
  if (cards !== undefined) {
    const rows = chosen.map((reading) => ({ reading, cardCount, nowMs }));
    return answerQuery(splitNames(cards), cardFields, rows, format);
  }
  const rows = chosen.flatMap((reading) => reading.uses.map((use) => ({ use, reading, nowMs })));
  return answerQuery(splitNames(processes ?? ''), processFields, rows, format);
}

function splitNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function print(lines: string[]): ToolAnswer {
  return { text: lines.map((line) => `${line}\n`).join(''), exitCode: 0 };
}

function refuse(args: string[]): ToolAnswer {
  const text = `Invalid combination of input arguments. Please run 'nvidia-smi -h' for help.\n\n(pretend nvidia-smi; it was given: ${args.join(' ')})\n`;
  return { text, exitCode: 2 };
}
