import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { parse } from '@oclif/core/parser';
import type { OnFailure } from '../../store/queue-records.ts';
import { inventoryFlag } from '../base-command.ts';
import { decisionFlags, variantFlags } from '../run-command.ts';

const most = 1_000_000;
const repeated = { multiple: true, multipleNonGreedy: true } as const;

/** What `queue add` takes, typed or said by a schedule. */
export const addArgs = {
  playbook: Args.string({ name: 'PLAYBOOK', description: 'name of a playbook, or its file', required: true }),
};

export const addFlags = {
  ...inventoryFlag,
  host: Flags.string({
    summary: 'Where to run: one entry for each run that launch would make.',
    helpValue: 'PATTERN',
    required: true,
  }),
  set: Flags.string({ summary: 'Give a param a value; may be repeated.', helpValue: 'NAME=VALUE', ...repeated }),
  matrix: Flags.string({
    summary: 'One entry for each value of a param; of several, for each combination.',
    helpValue: 'NAME=A,B,C',
    ...repeated,
  }),
  include: Flags.string({ summary: 'One more combination; may be repeated.', helpValue: 'NAME=A,NAME=B', ...repeated }),
  exclude: Flags.string({
    summary: 'Leave combinations with these values out; may be repeated.',
    helpValue: 'NAME=A,NAME=B',
    ...repeated,
  }),
  sweep: Flags.string({ summary: 'One entry for each experiment of a named sweep of the playbook.', helpValue: 'NAME' }),
  ...variantFlags,
  window: Flags.string({ summary: 'When it may start; past midnight when it ends before it begins.', helpValue: 'HH:MM-HH:MM' }),
  'yield-by': Flags.string({ summary: 'When it must have left the host.', helpValue: 'HH:MM' }),
  tz: Flags.string({ summary: 'The time zone of both; that of this computer when not given.', helpValue: 'ZONE' }),
  after: Flags.string({
    summary: 'Follow another entry, once that has succeeded, ended or failed.',
    helpValue: 'ENTRY[:ok|any|fail]',
  }),
  priority: Flags.integer({ summary: 'The highest goes first.', helpValue: 'N', default: 0, min: -most, max: most }),
  retries: Flags.integer({
    summary: 'How often it is tried again after a failure.',
    helpValue: 'N',
    default: 0,
    min: 0,
    max: most,
  }),
  'on-failure': Flags.option({
    summary: 'What becomes of the others that are added with it when one has failed: they go on, or are held.',
    options: ['go-on', 'stop'] as const,
    default: 'go-on' as const,
  })(),
  'budget-time': Flags.string({ summary: 'How long the jobs of all that is added may take together.', helpValue: 'DURATION' }),
  'budget-cost': Flags.string({ summary: 'What they may cost together, in the currency of their hosts.', helpValue: 'AMOUNT' }),
  hold: Flags.boolean({ summary: 'Let nothing start before it is released.' }),
  again: Flags.boolean({ summary: 'Also what waits or runs already.' }),
  observe: Flags.boolean({ summary: 'Only tell: nothing is done about a verdict, and no job is started again.' }),
  ...decisionFlags,
};

export interface AddWords {
  playbook: string;
  host: string;
  inventory?: string[] | undefined;
  set?: string[] | undefined;
  matrix?: string[] | undefined;
  include?: string[] | undefined;
  exclude?: string[] | undefined;
  point?: string | undefined;
  sweep?: string | undefined;
  profile?: string | undefined;
  window?: string | undefined;
  'yield-by'?: string | undefined;
  tz?: string | undefined;
  after?: string | undefined;
  priority: number;
  retries: number;
  'on-failure': OnFailure;
  'budget-time'?: string | undefined;
  'budget-cost'?: string | undefined;
  hold: boolean;
  again: boolean;
  observe: boolean;
  answer?: string[] | undefined;
  waive?: string[] | undefined;
  yes: boolean;
}

/** The words of a schedule, as `queue add` would read them. */
export async function parseAddWords(words: readonly string[]): Promise<AddWords> {
  const { args, flags } = await parse([...words], { args: addArgs, flags: addFlags, strict: true });
  return { ...flags, playbook: args.playbook };
}
