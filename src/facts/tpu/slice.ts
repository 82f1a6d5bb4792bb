import { readWhole } from '../numbers.ts';
import { attributeMark } from './script.ts';

const typeParts = /^(v\d+[a-z]*)-(\d+)$/;

/** The slice that a worker is part of, as its environment tells it. */
export interface TpuSlice {
  /** `v4-64` */
  type: string | null;
  /** `2x4x4` */
  topology: string | null;
  /** Of all workers. */
  chips: number | null;
  chipsPerWorker: number | null;
  workers: number | null;
  workerIndex: number | null;
  zone: string | null;
  /** What its machines were made with: `tpu-ubuntu2204-base`. */
  runtime: string | null;
  /** Addresses or names of all workers, in their order. */
  endpoints: string[];
}

/** From the metadata of the machine, and where it has none (GKE) from the variables of the environment. Null: nothing tells of a TPU. */
export function readSlice(metadata: string, variables: ReadonlyMap<string, string>): TpuSlice | null {
  const attributes = readAttributes(metadata);
  const environment = readTpuEnv(attributes.get('tpu-env') ?? '');
  const value = (name: string) => known(environment.get(name)) ?? known(variables.get(`TPU_${name}`));
  const type = value('ACCELERATOR_TYPE');
  const topology = value('TOPOLOGY');
  if (type === null && topology === null) return null;
  const endpoints = readEndpoints(attributes.get('worker-network-endpoints') ?? '');
  const names = (known(variables.get('TPU_WORKER_HOSTNAMES')) ?? '').split(',').filter((name) => name !== '');
  const chips = multiply(topology, 'x') ?? chipsOf(type);
  const listed = endpoints.length > 0 ? endpoints : names;
  const told = multiply(value('HOST_BOUNDS'), ',') ?? (listed.length > 0 ? listed.length : null);
  const chipsPerWorker =
    multiply(value('CHIPS_PER_HOST_BOUNDS'), ',') ?? (told === null ? usualChipsPerWorker(type, chips) : divide(chips, told));
  const workers = told ?? divide(chips, chipsPerWorker);
  return {
    type,
    topology,
    chips: chips ?? (chipsPerWorker === null || workers === null ? null : chipsPerWorker * workers),
    chipsPerWorker,
    workers,
    workerIndex: readWhole(value('WORKER_ID') ?? undefined),
    zone: value('ZONE'),
    runtime: value('RUNTIME_VERSION'),
    endpoints: listed,
  };
}

/** `TPU v4` of `v4-64`. */
export function modelOfType(type: string | null): string | null {
  const [, generation] = /^(v\d+[a-z]*?)(?:litepod|lite)?-\d+$/.exec(type ?? '') ?? [];
  if (generation === undefined) return null;
  return /lite/.test(type ?? '') ? `TPU ${generation}e` : `TPU ${generation}`;
}

/** Generations whose number counts TensorCores, of which a chip has two; that of the later ones counts chips. */
const countedInCores = ['v2', 'v3', 'v4', 'v5p'];

function chipsOf(type: string | null): number | null {
  const [, generation = '', count] = typeParts.exec(type ?? '') ?? [];
  const number = readWhole(count);
  if (number === null) return null;
  return countedInCores.includes(generation) ? Math.ceil(number / 2) : number;
}

/** Where only the type is told. Eight chips of a later generation are of one worker or of two. */
function usualChipsPerWorker(type: string | null, chips: number | null): number | null {
  const [, generation] = typeParts.exec(type ?? '') ?? [];
  if (generation === undefined || chips === null) return null;
  return countedInCores.includes(generation) || chips > 8 ? 4 : null;
}

/** Null also where it does not come out even. */
function divide(chips: number | null, parts: number | null): number | null {
  return chips === null || parts === null || parts === 0 || chips % parts !== 0 ? null : chips / parts;
}

function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const part of text.split(new RegExp(`^(?=${attributeMark} )`, 'm'))) {
    const [, name, value = ''] = new RegExp(`^${attributeMark} (\\S+)\\n?([^]*)$`).exec(part) ?? [];
    if (name !== undefined) attributes.set(name, value);
  }
  return attributes;
}

/** Lines `KEY: 'value'`. */
function readTpuEnv(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^([A-Z_]+):\s*'?([^'\n]*)'?\s*$/gm)].map(([, key = '', value = '']) => [key, value]));
}

/** `name:uid:ip,name:uid:ip`: the addresses. */
function readEndpoints(text: string): string[] {
  return text
    .trim()
    .split(',')
    .flatMap((endpoint) => /^[^:\s]*:[^:\s]*:(\S+)$/.exec(endpoint.trim())?.[1] ?? []);
}

function multiply(text: string | null, separator: string): number | null {
  if (text === null) return null;
  const factors = text.split(separator).map((part) => readWhole(part.trim()));
  return factors.reduce((product, factor) => (product === null || factor === null ? null : product * factor), 1);
}

function known(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim();
}
