import { crc32 } from 'node:zlib';

interface Part {
  at: number;
  content: Buffer;
}

/**
 * What a zip archive of `bytes` bytes has besides zeros, and where: its start and its end. It holds one file of zeros, stored as it is,
 * which on the disk are a hole.
 */
export function layOutArchive(name: string, bytes: number): [start: Part, end: Part] {
  const nameBytes = Buffer.from(name);
  const length = bytes - headerBytes - entryBytes - endBytes - 2 * nameBytes.length;
  if (length < 0) throw new RangeError(`an archive with ${name} has more than ${bytes} bytes`);
  // Both headers tell the same of the file, from the version on.
  const told = Buffer.alloc(26);
  told.writeUInt32LE(checksumZeros(length), 10);
  told.writeUInt32LE(length, 14);
  told.writeUInt32LE(length, 18);
  told.writeUInt16LE(nameBytes.length, 22);
  const header = Buffer.concat([Buffer.from('PK\x03\x04'), told, nameBytes]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\0\0'), told, Buffer.alloc(14), nameBytes]);
  const directoryAt = header.length + length;
  const end = Buffer.alloc(endBytes);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(directoryAt, 16);
  return [
    { at: 0, content: header },
    { at: directoryAt, content: Buffer.concat([entry, end]) },
  ];
}

const headerBytes = 30;
const entryBytes = 46;
const endBytes = 22;

const zeros = Buffer.alloc(2 ** 20);
const known = new Map<number, number>();

function checksumZeros(length: number): number {
  let sum = known.get(length) ?? 0;
  if (known.has(length)) return sum;
  for (let left = length; left > 0; left -= zeros.length) sum = crc32(zeros.subarray(0, Math.min(left, zeros.length)), sum);
  known.set(length, sum);
  return sum;
}
