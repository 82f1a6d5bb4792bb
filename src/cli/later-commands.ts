/** Commands that have their name and are not built yet. They are in no help, and answer "not yet". */
export const laterCommands: ReadonlySet<string> = new Set(['init', 'plan', 'retry', 'top', 'ui']);
