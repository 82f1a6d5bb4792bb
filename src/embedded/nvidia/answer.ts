import { parseArguments } from './arguments.ts';
import type { DriverState } from './driver-state.ts';
import { cardFields, processFields } from './fields.ts';
import { answerQuery, parseFormat } from './query.ts';
import type { QueryAnswer } from './query.ts';
import type { Reading } from './readings.ts';
import { listSlices } from './slices.ts';
import { formatTable } from './table.ts';

export interface ToolAnswer {
  text: string;
  exitCode: number;
}

/** What the pretend nvidia-smi prints for these arguments. */
export function answerNvidiaSmi(args: string[], state: DriverState): ToolAnswer {
  const options = parseArguments(args);
  if (options === null) return refuse(args);
  if (options.has('help')) return print(help);
  const chosen = choose(state.readings, options.get('id'));
  if (chosen.length === 0) return { text: 'No devices were found\n', exitCode: 6 };
  const lost = chosen.find(({ card }) => card.index === state.lostCard);
  const answer = answerFor(
    args,
    options,
    state,
    chosen.filter((reading) => reading !== lost),
  );
  if (lost === undefined || answer.exitCode !== 0) return answer;
  const line = `Unable to determine the device handle for GPU${lost.card.busId.slice(4)}: Unknown Error\n`;
  return { text: line + answer.text, exitCode: 15 };
}

function answerFor(args: string[], options: Map<string, string>, state: DriverState, chosen: Reading[]): ToolAnswer {
  if (options.has('list-gpus')) return print(chosen.flatMap(({ card }) => listCard(card, state.sliced)));
  const query = answerAnyQuery(options, chosen, state);
  if (query === 'bad-format' || (query === null && options.has('format'))) return refuse(args);
  if (query === null) return print(chosen.length === 0 ? [] : formatTable(chosen, state));
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

function choose(readings: Reading[], ids: string | undefined): Reading[] {
  if (ids === undefined) return readings;
  const wanted = ids.split(',');
  return readings.filter(({ card }) => [String(card.index), card.uuid, card.busId].some((id) => wanted.includes(id)));
}

function listCard(card: Reading['card'], sliced: boolean): string[] {
  const slices = sliced ? listSlices(card) : [];
  return [
    `GPU ${card.index}: ${card.model.name} (UUID: ${card.uuid})`,
    ...slices.map(
      ({ profile, device, uuid }) => `  MIG ${profile.padEnd(11)} Device ${String(device).padStart(2)}: (UUID: ${uuid})`,
    ),
  ];
}

function answerAnyQuery(
  options: Map<string, string>,
  chosen: Reading[],
  { driver, sliced, readings, nowMs }: DriverState,
): QueryAnswer | 'bad-format' | null {
  const cards = options.get('query-gpu');
  const processes = options.get('query-compute-apps');
  if (cards === undefined && processes === undefined) return null;
  const format = parseFormat(options.get('format') ?? '');
  if (format === null || (cards !== undefined && processes !== undefined)) return 'bad-format';
  if (cards !== undefined) {
    const rows = chosen.map((reading) => ({ reading, cardCount: readings.length, driver, sliced, nowMs }));
    return answerQuery(splitNames(cards), cardFields, rows, format, driver);
  }
  const rows = chosen.flatMap((reading) => reading.uses.map((use) => ({ use, reading, nowMs })));
  return answerQuery(splitNames(processes ?? ''), processFields, rows, format, driver);
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
