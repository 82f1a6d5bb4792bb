import { z } from 'zod';
import { messageOf } from '../errors.ts';
import { showValue } from '../language/check-schema.ts';
import { parseDuration, parseSize } from '../language/units.ts';
import { readAddresses } from './address.ts';
import { parsePattern } from './pattern.ts';
import { expandRange } from './ranges.ts';

/** Text that `parse` accepts; what it throws is the message. */
function parsedText(expected: string, parse: (text: string) => unknown) {
  const error = (issue: { input?: unknown }) =>
    issue.input === undefined ? `missing, expected ${expected}` : `expected ${expected}, got ${showValue(issue.input)}`;
  return z.string({ error }).superRefine((text, context) => {
    try {
      parse(text);
    } catch (cause) {
      context.addIssue({ code: 'custom', message: messageOf(cause) });
    }
  });
}

const line = z.string().regex(/^[^\0\r\n]+$/, { error: 'expected one line of text' });
const size = parsedText('a size such as "80GB"', parseSize).meta({ examples: ['80GB', '16GiB'] });

function duration(shortest: number, longest: number, range: string) {
  const parse = (text: string) => {
    const seconds = parseDuration(text);
    if (seconds < shortest || seconds > longest) throw new RangeError(`expected ${range}, got ${showValue(text)}`);
  };
  return parsedText('a duration such as "10s"', parse).meta({ examples: ['10s'] });
}

const path = line.refine((text) => !/^~[^/]/.test(text), {
  error: 'expected a path such as "~/.ssh/id_ed25519": "~name" is not understood',
});

const ssh = z
  .strictObject({
    user: z
      .string()
      .regex(/^[^-\s:@/][^\s:@/]*$/, { error: 'expected the name of a user' })
      .optional()
      .describe('Who logs in. Default: the user who runs fleet.'),
    port: z.int().min(1).max(65535).optional().describe('Default: 22.'),
    key: path
      .optional()
      .describe('The private key to offer. Default: those of ~/.ssh/id_ed25519, id_ecdsa and id_rsa that exist.'),
    keys: z
      .array(path)
      .max(16)
      .optional()
      .describe('Several private keys, offered in this order; an empty list leaves the agent alone.'),
    agent: z.boolean().optional().describe('Whether the agent at SSH_AUTH_SOCK may be asked. Default: true.'),
    'host-keys': z
      .enum(['strict', 'accept-new'])
      .optional()
      .describe('What to do with a host key never seen before; a changed one is always refused. Default: strict.'),
    'known-hosts': path.optional().describe('Default: ~/.ssh/known_hosts.'),
    'connect-timeout': duration(1, 600, 'between 1s and 10m')
      .optional()
      .describe('From the first packet to the login. Default: 10s.'),
    keepalive: duration(1, 3600, 'between 1s and 1h')
      .optional()
      .describe('How often a silent connection is asked whether it lives. Default: 15s.'),
  })
  .refine(({ key, keys }) => key === undefined || keys === undefined, {
    when: ({ value }) => typeof value === 'object' && value !== null,
    path: ['keys'],
    error: 'expected "key" or "keys", got both',
  })
  .describe('How to reach it over SSH. A path begins with "/" or "~/", or is relative to the folder of this file.');

const accelerators = z
  .strictObject({
    vendor: z.enum(['nvidia', 'amd', 'google']),
    model: line.describe('As people say it: "A100", "RTX A4000", "v4".'),
    count: z.int().min(1).max(65536).describe('Of the host, all its workers together.'),
    memory: size.optional().describe('Of one accelerator. GB is 10^9 bytes, GiB is 2^30.'),
  })
  .describe('What the host is said to have. Requirements compare it with what is found there.');

const cost = z
  .strictObject({
    'per-hour': z.number().min(0).describe('For the whole host.'),
    currency: z.string().regex(/^[A-Z]{3}$/, { error: 'expected three capital letters such as "USD"' }),
  })
  .describe('What an hour costs, where it costs.');

const scriptText = z.string().regex(/^[^\0]*$/, { error: 'a NUL byte is not allowed here' });

const settings = {
  ssh: ssh.optional(),
  accelerators: accelerators.optional(),
  cost: cost.optional(),
  'remote-dir': z
    .string()
    .regex(/^(\/|~\/)[^\0\r\n]*$/, { error: 'expected a folder that begins with "/" or "~/"' })
    .optional()
    .describe('The folder on the host for what fleet keeps there. Default: ~/.local/state/fleet.'),
  'keep-runs': z
    .union([z.literal('forever'), duration(1, 10 * 365 * 86_400, 'between 1s and 3650d')])
    .optional()
    .describe('How long the folder of an ended run stays on the host: "30d", or "forever". Default: 30d.'),
  setup: z
    .union([scriptText, z.array(scriptText)])
    .optional()
    .describe('Shell lines that run before every command of a playbook: PATH, modules, a virtual environment.'),
  params: z
    .record(
      z.string().regex(/^[A-Za-z_]\w*$/, { error: 'expected a name of letters, digits and "_"' }),
      z.union([z.string(), z.number(), z.boolean()]),
    )
    .optional()
    .describe("Override a playbook's params of the same name."),
};

const reason = line.describe('Why, as a person is told when something is launched there.');
const workerCount = z.int().min(1).max(1024);
const addresses = parsedText('an address', readAddresses);
const description = line.optional().describe('One line for people.');

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, { error: 'expected a name of letters, digits, "-", "_" and "."' });

const host = z.strictObject({
  description,
  address: z
    .union([addresses, z.strictObject({ unknown: reason })])
    .optional()
    .describe('Name or IP address. For a range of hosts a range of as many addresses: "10.0.0.[1-8]".'),
  workers: z
    .union([
      addresses,
      z.array(addresses).min(1),
      z.strictObject({ unknown: reason, count: workerCount }),
      workerCount.describe('Beside "embedded": how many workers the pretend machine has. Default: 1.'),
    ])
    .optional()
    .describe('The addresses of a slice: one host that is several machines. The first is worker 0.'),
  embedded: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'expected the name of an embedded machine such as "a100x2"' })
    .optional()
    .describe('A pretend machine on this computer, by name.'),
  slots: z
    .record(name, z.array(z.int().min(0).max(65535)).min(1))
    .optional()
    .describe(
      'Names for some of its accelerators, by their indices, so that several runs share the host: { gpu0: [0], gpu1: [1] }.',
    ),
  ...settings,
});

const pattern = parsedText('a pattern such as "prime1", "tpu*" or "@gpu"', parseMembers);

const group = z.strictObject({
  description,
  members: z
    .union([pattern, z.array(pattern)])
    .describe('Hosts ("prime1", "tpu*", "node[01-08]"), other groups ("@gpu"), and what to leave out ("!prime1").'),
  ...settings,
});

const hostName = parsedText('the name of a host', readHostNames).regex(/^[^@!*?=\s]+$/, {
  error: 'expected the name of a host, or a range such as "node[01-08]"',
});

/** One inventory file, as it is written. */
export const inventoryFormat = z
  .strictObject({
    groups: z
      .record(name, group)
      .optional()
      .describe('Groups by name. Their settings apply to every member; a nearer group, and the host itself, win.'),
    hosts: z.record(hostName, host).optional().describe('Hosts by name, or by a range of names: "node[01-08]".'),
  })
  .describe('An inventory of fleet: which machines there are, and how to reach them.');

export const hostFormat = host;
export const groupFormat = group;

export type HostEntry = z.infer<typeof host>;
export type GroupEntry = z.infer<typeof group>;
export type SettingsEntry = Pick<GroupEntry, keyof typeof settings>;

function parseMembers(text: string): void {
  const slotted = parsePattern(text).find(({ slot }) => slot !== null);
  if (slotted !== undefined) throw new RangeError(`a group has whole hosts, and "${slotted.text}" is a slot of one`);
}

/** The hosts that a key of `hosts` stands for. Throws a RangeError that says what is wrong. */
export function readHostNames(key: string): string[] {
  const names = expandRange(key);
  const bad = names.find((one) => !/^[A-Za-z0-9][\w.-]{0,63}$/.test(one));
  if (bad === undefined) return names;
  throw new RangeError(`expected a host name of at most 64 letters, digits, "-", "_" and ".", got ${showValue(bad)}`);
}
