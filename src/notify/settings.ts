import type { SecretSource } from '../secret-source.ts';
import type { MessageKind } from './message.ts';

/** Text that may stand in the file, or a reference to what may not. */
export type OpenOrSecret = { text: string } | { secret: SecretSource };

export type Place =
  | { kind: 'webhook'; url: OpenOrSecret; key: SecretSource | null }
  | { kind: 'slack'; url: SecretSource }
  | { kind: 'discord'; url: SecretSource }
  | { kind: 'ntfy'; server: string; topic: OpenOrSecret; token: SecretSource | null }
  | { kind: 'mail'; to: string[]; from: string | null; sendmail: string }
  | { kind: 'command'; words: string[] };

export interface Channel {
  name: string;
  place: Place;
  on: ReadonlySet<MessageKind>;
}

/** Who is told of what. */
export interface NotifySettings {
  file: string;
  timeZone: string;
  unreachableAfterMs: number;
  /** Times of the day, `HH:MM`. */
  summary: { at: string; since: string } | null;
  channels: Channel[];
}
