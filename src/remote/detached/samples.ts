/** What the sampler beside a unit has kept of one look. */
export interface KeptSample {
  /** Of its block in the file. */
  offset: number;
  /** Seconds on the host's clock that never jumps. */
  uptimeSeconds: number;
  /** How long the file beside it was then; null when there was none. */
  bytesBeside: number | null;
  /** What the script said; null when it hung. */
  text: string | null;
}

const header = /^fleet-sample (\d+) (\d+|-)$/;
const end = 'fleet-sample-end';

/** The whole samples of a piece of the file, and how many bytes they take. One that a full disk has cut off is passed over by the next. */
export function parseSamples(bytes: Buffer, offset: number): { samples: KeptSample[]; consumed: number } {
  const samples: KeptSample[] = [];
  let consumed = 0;
  let open: { at: number; uptimeSeconds: number; bytesBeside: number | null; lines: string[] } | null = null;
  for (let start = 0, stop = bytes.indexOf(0x0a); stop !== -1; start = stop + 1, stop = bytes.indexOf(0x0a, start)) {
    const line = bytes.subarray(start, stop).toString();
    const [, uptime, beside] = header.exec(line) ?? [];
    if (uptime !== undefined) {
      open = { at: start, uptimeSeconds: Number(uptime), bytesBeside: beside === '-' ? null : Number(beside), lines: [] };
    } else if (line === end && open !== null) {
      const { at, uptimeSeconds, bytesBeside, lines } = open;
      const text = lines.join('\n');
      samples.push({ offset: offset + at, uptimeSeconds, bytesBeside, text: text === 'hung' ? null : text });
      open = null;
      consumed = stop + 1;
    } else open?.lines.push(line);
  }
  return { samples, consumed };
}
