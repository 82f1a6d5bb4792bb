/** What stood before an end marker, and the words that followed the marker on its line. */
export interface Frame {
  body: Buffer;
  words: string[];
}

const newline = 0x0a;
const nothing = Buffer.alloc(0);

/** Cuts a stream into frames, each ended by `MARKER word word...` and a newline. Frames and markers may be split anywhere. */
export class FrameReader {
  readonly #marker: Buffer;
  #body: Buffer[] = [];
  #bodyBytes = 0;
  /** May be the beginning of a marker line. */
  #held: Buffer = nothing;

  constructor(marker: string) {
    this.#marker = Buffer.from(marker, 'latin1');
  }

  /** Bytes of the frame that has not ended yet, as far as they are known to be its body. */
  get pendingBytes(): number {
    return this.#bodyBytes;
  }

  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const start = rest.indexOf(this.#marker);
      const lineEnd = start === -1 ? -1 : rest.indexOf(newline, start + this.#marker.length);
      if (lineEnd === -1) {
        this.#hold(rest, start === -1 ? Math.max(0, rest.length - this.#marker.length + 1) : start);
        return frames;
      }
      this.#keep(rest.subarray(0, start));
      const words = rest
        .toString('latin1', start + this.#marker.length, lineEnd)
        .trim()
        .split(' ');
      frames.push({ body: this.#takeBody(), words });
      rest = rest.subarray(lineEnd + 1);
    }
  }

  /** Everything after the last whole frame; the reader is empty afterwards. */
  takeRest(): Buffer {
    this.#keep(this.#held);
    this.#held = nothing;
    return this.#takeBody();
  }

  #hold(rest: Buffer, from: number): void {
    this.#keep(rest.subarray(0, from));
    this.#held = rest.subarray(from);
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#body.push(bytes);
    this.#bodyBytes += bytes.length;
  }

  #takeBody(): Buffer {
    const body = this.#body.length === 1 ? (this.#body[0] ?? nothing) : Buffer.concat(this.#body);
    this.#body = [];
    this.#bodyBytes = 0;
    return body;
  }
}
