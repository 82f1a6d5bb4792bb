export const messageKinds = [
  'started',
  'go',
  'no-go',
  'yellow',
  'red',
  'stalled',
  'unreachable',
  'restarting',
  'waiting',
  'notify',
  'finished',
  'summary',
] as const;

/** `reachable` goes to whoever was told `unreachable`; `test` to whom a person names. */
export type MessageKind = (typeof messageKinds)[number] | 'reachable' | 'test';

/** What a person reads, wherever it reaches them. No secret is in it. */
export interface Message {
  kind: MessageKind;
  /** Whether it is trouble that somebody may want to get up for. */
  urgent: boolean;
  /** One line. */
  title: string;
  lines: string[];
  /** RFC 3339 in UTC. */
  at: string;
  run: { id: string; playbook: string; host: string | null } | null;
}

/** A message on its way: `id` is the same in each try, so that a receiver can tell a repetition. */
export interface Letter {
  id: string;
  message: Message;
}
