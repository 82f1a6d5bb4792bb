import { z } from 'zod';
import { messageOf } from '../errors.ts';
import { showValue, suggestName } from '../language/check-schema.ts';
import { parsePositiveDuration } from '../language/units.ts';
import { isZone } from '../language/zone.ts';
import { messageKinds } from './message.ts';

const line = z.string().regex(/^[^\0\r\n]+$/, { error: 'expected one line of text' });

const reference = z
  .union([
    z.strictObject({ env: line.describe('An environment variable.') }),
    z.strictObject({ file: line.describe('A file. Begins with "/" or "~/", or is relative to the folder of this file.') }),
  ])
  .describe('Where it comes from on this computer. It does not stand here.');

const address = z.string().regex(/^https?:\/\/[^\s@]+$/, {
  error: 'expected an address that begins with "https://" or "http://" and has no password in it',
});
/** An address that is no secret may stand in the file. */
const openOrSecret = z.union([address, reference]);

const duration = z.string().superRefine((text, context) => {
  try {
    parsePositiveDuration(text);
  } catch (cause) {
    context.addIssue({ code: 'custom', message: messageOf(cause) });
  }
});

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: (issue) => `expected a time such as "08:00", got ${showValue(issue.input)}` })
  .meta({ examples: ['08:00'] });

const timeZone = z.string().superRefine((name, context) => {
  if (isZone(name)) return;
  const near = suggestName(name, Intl.supportedValuesOf('timeZone'));
  const message = `expected a time zone such as "Europe/Berlin", got ${showValue(name)}`;
  context.addIssue({ code: 'custom', message: near === null ? message : `${message}: ${near}` });
});

const emailAddress = z.string().regex(/^[^\s@<>,]+@[^\s@<>,]+$/, { error: 'expected an address such as "ada@example.com"' });

const channelFormat = z
  .strictObject({
    webhook: z
      .strictObject({
        url: openOrSecret,
        key: reference.optional().describe('Signs each message: HMAC-SHA256 of its time and body.'),
      })
      .optional(),
    slack: z.strictObject({ url: reference.describe('Of an incoming webhook.') }).optional(),
    discord: z.strictObject({ url: reference.describe('Of a webhook of the channel.') }).optional(),
    ntfy: z
      .strictObject({
        topic: z.union([z.string().regex(/^[\w-]{1,64}$/, { error: 'expected letters, digits, "_" and "-"' }), reference]),
        server: address.optional().describe('Default: https://ntfy.sh.'),
        token: reference.optional().describe('An access token, where the topic asks for one.'),
      })
      .optional(),
    mail: z
      .strictObject({
        to: z.union([emailAddress, z.array(emailAddress).min(1)]),
        from: emailAddress.optional().describe('Default: what sendmail puts there.'),
        sendmail: line.optional().describe('The program that takes it. Default: /usr/sbin/sendmail.'),
      })
      .optional(),
    command: z
      .array(z.string().regex(/^[^\0]*$/, { error: 'a NUL byte is not allowed here' }))
      .min(1)
      .optional()
      .describe('A program and its words; no shell reads them. The message comes on stdin, as JSON, and in variables.'),
    on: z.array(z.enum(messageKinds)).min(1).optional().describe('What it is told. Default: all but started, go and yellow.'),
  })
  .describe('One place that is told, in one way: webhook, slack, discord, ntfy, mail or command.');

export const notifyFormat = z.strictObject({
  'time-zone': timeZone.optional().describe('For times in messages, and for the summary. Default: that of this computer.'),
  'unreachable-after': duration.optional().describe('How long a host is silent before anybody is told. Default: 10m.'),
  summary: z
    .strictObject({
      at: timeOfDay.describe('When the summary is made, every day.'),
      since: timeOfDay.optional().describe('From when on it tells. Default: the same time of the day before.'),
    })
    .optional()
    .describe('A summary of the night, every morning.'),
  channels: z.record(
    z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, { error: 'expected a name of letters, digits, "-", "_" and "."' }),
    channelFormat,
  ),
});

export type ChannelEntry = z.infer<typeof channelFormat>;
export type NotifyEntry = z.infer<typeof notifyFormat>;
