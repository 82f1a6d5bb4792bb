/** What an entry keeps of the words that it was added by, for the launch to come. Paths are absolute: the launch is made elsewhere. */
export interface Asked {
  file: string;
  inventories: string[];
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
