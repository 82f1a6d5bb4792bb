import { unknownAccelerator, type Accelerator, type AcceleratorProcess } from '../accelerators.ts';
import { nameProcess, splitHolders } from '../holders.ts';
import { readJsonAfterText } from './json.ts';
import { amdSmiMark } from './script.ts';
import { judgeArchitecture } from './rocminfo.ts';

const bytesPerUnit: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** The devices in the documents of `amd-smi list`, `static`, `metric` and `process`, put together; lists, or below `gpu_data` in newer versions. */
export function parseAmdSmi(text: string): { accelerators: Accelerator[]; others: string[] } {
  const { holders, rest } = splitHolders(text);
  const documents = new Map<string, unknown[]>();
  const others: string[] = [];
  for (const part of rest.split(new RegExp(`^(?=${amdSmiMark} )`, 'm'))) {
    const [, subject = 'metric', body = part] = new RegExp(`^${amdSmiMark} (\\w+)\\n?([^]*)$`).exec(part) ?? [];
    const { value, before } = readJsonAfterText(body);
    documents.set(subject, readList(value));
    others.push(...before);
  }
  const find = (subject: string, gpu: number) => documents.get(subject)?.find((entry) => at(entry, 'gpu') === gpu);
  const indexes = ['metric', 'static', 'list'].flatMap((subject) =>
    (documents.get(subject) ?? []).map((entry) => at(entry, 'gpu')),
  );
  const accelerators = [...new Set(indexes)].filter(isCount).map((gpu) => {
    const accelerator = readAccelerator(gpu, find('list', gpu), find('static', gpu), find('metric', gpu));
    const processes = readProcesses(find('process', gpu));
    return { ...accelerator, processes: processes?.map((process) => nameProcess(process, holders)) ?? null };
  });
  return { accelerators, others };
}

function readList(document: unknown): unknown[] {
  const list = Array.isArray(document) ? document : at(document, 'gpu_data');
  return Array.isArray(list) ? (list as unknown[]) : [];
}

function readAccelerator(index: number, listed: unknown, fixed: unknown, metric: unknown): Accelerator {
  const device = readText(at(fixed, 'asic', 'device_id'))?.toLowerCase() ?? null;
  const { architecture, note } = judgeArchitecture(device, readText(at(fixed, 'asic', 'target_graphics_version')), null);
  return {
    ...unknownAccelerator('amd'),
    model: readText(at(fixed, 'asic', 'market_name')),
    index,
    uuid: readText(at(listed, 'uuid')),
    busId: readText(at(listed, 'bdf')) ?? readText(at(fixed, 'bus', 'bdf')),
    memoryBytes: readBytes(at(metric, 'mem_usage', 'total_vram')) ?? readBytes(at(fixed, 'vram', 'size')),
    memoryUsedBytes: readBytes(at(metric, 'mem_usage', 'used_vram')),
    utilization: readLeaf(at(metric, 'usage', 'gfx_activity'))?.value ?? null,
    temperature:
      readLeaf(at(metric, 'temperature', 'hotspot'))?.value ?? readLeaf(at(metric, 'temperature', 'edge'))?.value ?? null,
    power:
      readLeaf(at(metric, 'power', 'socket_power'))?.value ??
      readLeaf(at(metric, 'power', 'current_socket_power'))?.value ??
      null,
    driver: readText(at(fixed, 'driver', 'version')) ?? readText(at(fixed, 'driver', 'driver_version')),
    architecture,
    notes: note === null ? [] : [note],
  };
}

/** A sentence stands in the place of a process where there are none. Null when there is no such document. */
function readProcesses(entry: unknown): AcceleratorProcess[] | null {
  const list = at(entry, 'process_list');
  if (!Array.isArray(list)) return null;
  return (list as unknown[]).flatMap((item): AcceleratorProcess[] => {
    const process = at(item, 'process_info') ?? item;
    const pid = at(process, 'pid');
    if (!isCount(pid)) return [];
    const memory = at(process, 'memory_usage', 'vram_mem') ?? at(process, 'mem_usage');
    return [{ pid, user: null, command: readText(at(process, 'name')), memoryBytes: readBytes(memory) }];
  });
}

/** `{"value": 3, "unit": "%"}`, or the bare value of older versions; null for `N/A` and all else that is no number. */
function readLeaf(leaf: unknown): { value: number; unit: string } | null {
  const value = at(leaf, 'value') ?? leaf;
  const unit = at(leaf, 'unit');
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? { value, unit: typeof unit === 'string' ? unit : '' }
    : null;
}

/** Units of 1024 under decimal names. A size without a unit could be anything. */
function readBytes(leaf: unknown): number | null {
  const read = readLeaf(leaf);
  const factor = bytesPerUnit[read?.unit ?? ''];
  return read === null || factor === undefined || !Number.isFinite(read.value * factor) ? null : Math.round(read.value * factor);
}

/** What an index or a pid may be. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function readText(value: unknown): string | null {
  return typeof value !== 'string' || value.trim() === '' || value.trim() === 'N/A' ? null : value.trim();
}

function at(value: unknown, ...keys: string[]): unknown {
  let part = value;
  for (const key of keys) {
    if (typeof part !== 'object' || part === null || Array.isArray(part) || !Object.hasOwn(part, key)) return undefined;
    part = (part as Record<string, unknown>)[key];
  }
  return part;
}
