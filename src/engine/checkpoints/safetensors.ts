import { listFiles, readFrom } from '../../remote/files.ts';
import type { Drive } from '../drive.ts';

const lengthBytes = 8;
/** Of the format itself. */
const longestHeader = 100_000_000;
/** What is read in one piece; no header of a real model comes near. */
const longestRead = 8_388_608;

/** Whether every safetensors file of a checkpoint is as long as its own header says. */
export async function areSafetensorsWhole(drive: Drive, path: string): Promise<boolean> {
  const { workdir } = drive.plan.playbook;
  const globs = path.endsWith('.safetensors') ? [path] : [`${path}/*.safetensors`];
  for (const file of await drive.session.call(listFiles(workdir, globs))) {
    const read = async (offset: number, maxBytes: number) => {
      const part = await drive.session.call(readFrom(workdir, { path: file.path, offset, maxBytes, headBytes: 1 }));
      return part.kind === 'file' ? part.bytes : Buffer.alloc(0);
    };
    const length = await read(0, lengthBytes);
    if (length.length < lengthBytes) return false;
    const headerBytes = Number(length.readBigUInt64LE());
    if (headerBytes > longestHeader || lengthBytes + headerBytes > file.size) return false;
    if (headerBytes > longestRead) continue;
    if (!isLongEnough(await read(lengthBytes, headerBytes), file.size - lengthBytes - headerBytes)) return false;
  }
  return true;
}

/** Does `dataBytes` hold all that the header, JSON, says is there? */
export function isLongEnough(header: Buffer, dataBytes: number): boolean {
  try {
    const parsed: unknown = JSON.parse(header.toString());
    if (typeof parsed !== 'object' || parsed === null) return false;
    const ends = Object.entries(parsed).flatMap(([name, tensor]) => (name === '__metadata__' ? [] : [endOf(tensor)]));
    return ends.every((end) => end <= dataBytes);
  } catch {
    return false;
  }
}

function endOf(tensor: unknown): number {
  const { data_offsets: offsets } = tensor as { data_offsets?: unknown };
  const end: unknown = Array.isArray(offsets) ? offsets[1] : undefined;
  return typeof end === 'number' ? end : Infinity;
}
