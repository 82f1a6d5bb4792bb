import { visitLines } from './lines.ts';
import { skipLine, startReading, type Chunk, type Reading } from './reading.ts';

/** Cursor movements, colours, window titles and single-character escapes of terminals. */
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-Z\\^-~])/g;

/** Gives each whole line without colour codes; every state of a progress bar is a line of its own. Broken UTF-8 becomes U+FFFD. */
export function readLog(chunk: Chunk, visit: (line: string, at: number) => void): Reading {
  return visitPlainLines(chunk, (line) => visit(line, chunk.readAt));
}

/** The same with the place of each line in its file. Rows are for `visit` to add. */
export function visitPlainLines(chunk: Chunk, visit: (line: string, position: number, reading: Reading) => void): Reading {
  const reading = startReading();
  const lines = visitLines(
    chunk.bytes,
    (start, end) => {
      const line = plainText(chunk.bytes.toString('utf8', start, end));
      if (line.trim() !== '') visit(line, chunk.offset + start, reading);
    },
    { endAtCarriageReturn: true },
  );
  reading.consumed = lines.consumed;
  for (let count = 0; count < lines.tooLong; count += 1) skipLine(reading, 'a line of more than 1 MiB');
  return reading;
}

export function plainText(text: string): string {
  const plain = text.includes('\x1b') ? text.replaceAll(escapes, '') : text;
  return plain.includes('\0') ? plain.replaceAll('\0', '') : plain;
}
