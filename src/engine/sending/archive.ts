const block = 512;

export interface ArchivedFile {
  name: string;
  mode: number;
  bytes: Buffer;
}

/** A tar archive, as every tar reads it. A long name stands before its file, in the way of GNU, which busybox knows too. */
export function writeArchive(files: readonly ArchivedFile[]): Buffer {
  const parts = files.flatMap(({ name, mode, bytes }) => {
    const inBytes = Buffer.from(name);
    return [
      ...(inBytes.length > 99 ? entry('././@LongLink', 'L', 0o644, Buffer.concat([inBytes, Buffer.alloc(1)])) : []),
      ...entry(inBytes.subarray(0, 99), '0', mode, bytes),
    ];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function entry(name: Buffer | string, type: 'L' | '0', mode: number, bytes: Buffer): Buffer[] {
  const header = Buffer.alloc(block);
  const write = (offset: number, text: string) => header.write(text, offset, 'latin1');
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  Buffer.from(name).copy(header, 0);
  write(100, octal(mode, 7));
  write(108, octal(0, 7));
  write(116, octal(0, 7));
  write(124, octal(bytes.length, 11));
  write(136, octal(Math.floor(Date.now() / 1000), 11));
  write(148, ' '.repeat(8));
  write(156, type);
  write(257, 'ustar  ');
  write(
    148,
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  );
  return [header, bytes, Buffer.alloc((block - (bytes.length % block)) % block)];
}
