/** What an entry keeps of the words that it was added by, for the launch to come. Paths are absolute: the launch is made elsewhere. */
export interface Asked {
  file: string;
  inventories: string[];
  /** The day on which it was added: a later run of it finds what an earlier one has left. */
  today: string;
  /** As a sweep calls it. */
  runName: string | null;
  profile: string | null;
  answer: string[];
  waive: string[];
  yes: boolean;
  observe: boolean;
}

/** As the store keeps it. */
export function parseAsked(text: string): Asked {
  return JSON.parse(text) as Asked;
}
