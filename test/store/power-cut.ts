/** What a process did to a disk, as record-writes.c writes it down. A mark says that a call had returned. */
export type Operation =
  { kind: 'create' | 'remove' | 'sync' | 'mark'; path: string } | ({ kind: 'write' | 'truncate'; path: string } & Change);

/** Bytes put somewhere; without bytes, a new length. */
interface Change {
  offset: number;
  bytes: Buffer | null;
}

/** From 0, where everything is left, up to 1, where nothing is. */
export type Chance = () => number;

const sectorBytes = 512;

export function parseRecord(record: Buffer): Operation[] {
  const operations: Operation[] = [];
  for (let at = 0; at < record.length;) {
    const end = record.indexOf('\n', at);
    const [kind = '', offset, count, path = ''] = record.toString('utf8', at, end).split(' ');
    const bytes = kind === 'write' ? record.subarray(end + 1, end + 1 + Number(count)) : null;
    at = end + 1 + (bytes?.length ?? 0);
    operations.push({ kind, path, offset: Number(offset), bytes } as Operation);
  }
  return operations;
}

/**
 * The files of a folder that was empty, as a power cut after `operations` may leave them. What was synced is there. Of what was done to the folder since, a
 * beginning is; of what was done to a file since, anything, in any order, writes torn between sectors.
 */
export function cutPower(operations: readonly Operation[], folder: string, chance: Chance): Map<string, Buffer> {
  const files = new Map<string, DiskFile>();
  let synced = new Map<string, DiskFile>();
  let changes: { path: string; file: DiskFile | null }[] = [];
  for (const operation of operations) {
    const { kind, path } = operation;
    const file = kind === 'create' ? new DiskFile() : (files.get(path) ?? null);
    if (kind === 'create' && file !== null) files.set(path, file);
    if (kind === 'remove') files.delete(path);
    if (kind === 'create' || kind === 'remove') changes.push({ path, file: kind === 'create' ? file : null });
    if (kind === 'write' || kind === 'truncate') file?.change(operation);
    if (kind !== 'sync') continue;
    file?.sync();
    if (path !== folder) continue;
    synced = new Map(files);
    changes = [];
  }
  for (const { path, file } of changes.slice(0, Math.floor((1 - chance()) * (changes.length + 1)))) {
    if (file === null) synced.delete(path);
    else synced.set(path, file);
  }
  return new Map(Array.from(synced, ([path, file]) => [path, file.cut(chance)]));
}

class DiskFile {
  #synced = Buffer.alloc(0);
  #changes: Change[] = [];

  change(change: Change): void {
    this.#changes.push(change);
  }

  sync(): void {
    this.#synced = applyAll(this.#synced, this.#changes);
    this.#changes = [];
  }

  cut(chance: Chance): Buffer {
    const pieces = this.#changes.flatMap(tear).filter(() => chance() < 0.5);
    const placed = pieces.map((piece) => ({ ...piece, place: chance() }));
    return applyAll(
      this.#synced,
      placed.sort((one, other) => one.place - other.place),
    );
  }
}

function applyAll(content: Buffer, changes: readonly Change[]): Buffer<ArrayBuffer> {
  let changed = Buffer.from(content);
  for (const { offset, bytes } of changes) {
    const length = bytes === null ? offset : Math.max(changed.length, offset + bytes.length);
    if (length !== changed.length) changed = Buffer.concat([changed], length);
    bytes?.copy(changed, offset);
  }
  return changed;
}

function tear({ offset, bytes }: Change): Change[] {
  if (bytes === null) return [{ offset, bytes }];
  const pieces: Change[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + sectorBytes - ((offset + at) % sectorBytes);
    pieces.push({ offset: offset + at, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return pieces;
}
