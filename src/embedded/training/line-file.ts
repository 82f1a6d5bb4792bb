import { openSync, writeSync } from 'node:fs';

/** Appends text to a file that stays open, as a trainer's own logger does. */
export interface LineFile {
  append(text: string): void;
  /** Writes what is held back. */
  finish(): void;
}

/** With `halves` the last line of each append is cut in two, and its end comes with the next one. */
export function openLineFile(path: string, halves: boolean): LineFile {
  const file = openSync(path, 'a');
  let held = '';
  const write = (text: string) => {
    if (text !== '') writeSync(file, text);
  };
  return {
    append: (text) => {
      const whole = held + text;
      const end = halves ? cutInLastLine(whole) : whole.length;
      held = whole.slice(end);
      write(whole.slice(0, end));
    },
    finish: () => {
      write(held);
      held = '';
    },
  };
}

function cutInLastLine(text: string): number {
  const start = text.lastIndexOf('\n', text.length - 2) + 1;
  return start + Math.floor((text.length - start) / 2);
}
