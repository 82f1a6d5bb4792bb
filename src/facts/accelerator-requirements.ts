import type { Size } from '../language/units.ts';
import { describeMemory, holdsModel, isAtLeast, toleranceOf } from './accelerator-match.ts';
import { listAccelerators, type Accelerator, type AcceleratorFailure, type Vendor } from './accelerators.ts';
import type { Facts } from './facts.ts';
import type { AcceleratorRules, Finding, RequirementRules } from './requirement-rules.ts';
import { compareVersion } from './version-finding.ts';

/** Why a check that needs an accelerator has nothing to look at on this host; null where there may be one. */
export function whyNoAccelerator({ accelerators: answer }: Pick<Facts, 'accelerators'>): string | null {
  if (answer.kind === 'none') return `this host has no accelerators${describeNone(answer)}`;
  return answer.kind === 'no-tool' ? 'this host has no accelerators: no tool of any vendor is there' : null;
}

function describeNone({ because }: { because?: string }): string {
  return because === undefined ? '' : `: ${because}`;
}

/** The accelerators, their driver and their runtime. Those of another vendor or model count for nothing. */
export function compareAccelerators(rules: RequirementRules, facts: Facts): Finding[] {
  const { accelerators: wanted, driver, cuda = null, rocm = null } = rules;
  const vendor = wanted?.vendor ?? null;
  return [
    ...(wanted === null ? [] : compareDevices(wanted, facts)),
    ...(wanted === null ? [] : compareSlice(wanted, facts)),
    ...(driver === null ? [] : [compareInstalled('driver', driver, facts, vendor, 'driver')]),
    ...(cuda === null ? [] : [compareInstalled('cuda', cuda, facts, 'nvidia', 'runtime')]),
    ...(rocm === null ? [] : [compareInstalled('rocm', rocm, facts, 'amd', 'runtime')]),
  ];
}

function compareDevices(wanted: AcceleratorRules, facts: Facts): Finding[] {
  const { vendor, model, count, memory } = wanted;
  const stated: { name: string; required: string | null; compare: (all: Accelerator[]) => Omit<Finding, 'name' | 'required'> }[] =
    [
      { name: 'accelerator vendor', required: vendor, compare: (all) => compareVendor(vendor, all) },
      { name: 'accelerator model', required: model, compare: (all) => compareModel(ofVendor(all, vendor), model ?? '') },
      {
        name: 'accelerator count',
        required: count === null ? null : `at least ${count}`,
        compare: (all) => compareCount(ofModel(ofVendor(all, vendor), model), count ?? 0, facts),
      },
      {
        name: 'accelerator memory',
        required: memory === null ? null : describeWanted(memory),
        compare: (all) => compareMemory(ofModel(ofVendor(all, vendor), model), memory, count ?? 1),
      },
    ];
  const all = listAccelerators(facts.accelerators);
  return stated.flatMap(({ name, required, compare }) => {
    if (required === null) return [];
    if (all === null) return [{ name, required, ...explainFailure(facts) }];
    return [{ name, required, ...(all.length === 0 ? noneFound(facts) : compare(all)) }];
  });
}

function describeWanted(memory: Size): string {
  return `${memory.text} each (${Math.round(toleranceOf(memory) * 100)} % less counts as that)`;
}

function ofVendor(all: Accelerator[], vendor: Vendor | null): Accelerator[] {
  return vendor === null ? all : all.filter((accelerator) => accelerator.vendor === vendor);
}

/** Also those whose model is not known: they are told apart where the model itself is compared. */
function ofModel(all: Accelerator[], model: string | null): Accelerator[] {
  return model === null ? all : all.filter((accelerator) => fits(accelerator, model) !== false);
}

/** By name, or by architecture: `gfx1010`. */
function fits({ model, architecture }: Accelerator, wanted: string): boolean | null {
  if (architecture !== null && architecture === wanted.toLowerCase()) return true;
  return model === null ? null : holdsModel(model, wanted);
}

function compareVendor(vendor: Vendor | null, all: Accelerator[]): Omit<Finding, 'name' | 'required'> {
  const found = [...new Set(all.map((accelerator) => accelerator.vendor))].join(', ');
  const isThere = all.some((accelerator) => accelerator.vendor === vendor);
  return { result: isThere ? 'pass' : 'fail', found, hint: otherHost };
}

function compareModel(all: Accelerator[], model: string): Omit<Finding, 'name' | 'required'> {
  const found = summarize(all.map((accelerator) => accelerator.model ?? 'unknown'));
  const verdicts = all.map((accelerator) => fits(accelerator, model));
  const because = all.flatMap(({ notes, healthy }) => (healthy ? notes : [])).join('; ') || null;
  if (verdicts.includes(true)) return { result: 'pass', found, because };
  if (verdicts.includes(null)) return { result: 'error', found, because: 'the model of an accelerator is not known' };
  return { result: 'fail', found, because, hint: otherHost };
}

/** Those in trouble do not count. */
function compareCount(all: Accelerator[], count: number, { accelerators: answer }: Facts): Omit<Finding, 'name' | 'required'> {
  const healthy = all.filter((accelerator) => accelerator.healthy);
  const trouble = all
    .filter((accelerator) => !accelerator.healthy)
    .map(({ index, notes }) => [`accelerator ${index ?? '?'} is in trouble`, ...notes].join(': '));
  const because = [...trouble, ...(answer.kind === 'found' ? answer.problems : [])].join('; ') || null;
  const found = trouble.length === 0 ? String(all.length) : `${healthy.length} healthy of ${all.length}`;
  const hint = because === null ? otherHost : 'reset the accelerator or reboot the host, or quarantine it';
  return { result: healthy.length >= count ? 'pass' : 'fail', found, because, hint };
}

/** As many as are counted on must have it; a small card beside them does no harm. */
function compareMemory(all: Accelerator[], memory: Size | null, count: number): Omit<Finding, 'name' | 'required'> {
  const sizes = all.map(({ memoryBytes }) => memoryBytes);
  const found = summarize(sizes.map((bytes) => (bytes === null ? 'unknown' : describeMemory(bytes))));
  const enough = sizes.filter((bytes) => bytes !== null && memory !== null && isAtLeast(bytes, memory)).length;
  if (all.length > 0 && enough >= Math.min(count, all.length)) return { result: 'pass', found };
  if (sizes.includes(null)) return { result: 'error', found, because: 'the memory of an accelerator is not known' };
  return { result: 'fail', found, hint: otherHost };
}

function compareSlice({ topology = null, chips = null, workers = null }: AcceleratorRules, { tpu }: Facts): Finding[] {
  const compare = (name: string, required: string | null, found: string | null, holds: boolean): Finding[] => {
    if (required === null) return [];
    if (found === null) return [{ name, result: 'error', required, found, because: 'the host does not tell of a TPU slice' }];
    return [{ name, result: holds ? 'pass' : 'fail', required, found, hint: 'choose a slice of that shape' }];
  };
  const [foundChips, foundWorkers] = [tpu?.chips ?? null, tpu?.workers ?? null];
  return [
    ...compare('slice topology', topology, tpu?.topology ?? null, sortEdges(topology) === sortEdges(tpu?.topology)),
    ...compare('slice chips', asText(chips), asText(foundChips), chips === foundChips),
    ...compare('slice workers', asText(workers), asText(foundWorkers), workers === foundWorkers),
  ];
}

function sortEdges(topology: string | null | undefined): string {
  const edges = (topology ?? '').split('x').map(Number);
  return edges.sort((a, b) => a - b).join('x');
}

function asText(count: number | null): string | null {
  return count === null ? null : String(count);
}

const drivers: Readonly<Record<Vendor, string>> = { nvidia: 'an NVIDIA driver', amd: 'an AMD driver', google: 'a TPU driver' };

/** Every one of them counts: a job uses all. */
function compareInstalled(
  name: 'driver' | 'cuda' | 'rocm',
  condition: string,
  facts: Facts,
  vendor: Vendor | null,
  of: 'driver' | 'runtime',
): Finding {
  const all = listAccelerators(facts.accelerators);
  if (all === null) return { name, required: condition, ...explainFailure(facts) };
  const mine = ofVendor(all, vendor ?? all[0]?.vendor ?? null);
  if (mine.length === 0) return { name, required: condition, ...noneFound(facts) };
  const versions = [...new Set(mine.map((accelerator) => accelerator[of]))];
  const driver = drivers[mine[0]?.vendor ?? 'nvidia'];
  const what = name === 'driver' ? driver : `${driver} with a ${name === 'cuda' ? 'CUDA' : 'ROCm'}`;
  return compareVersion({ name, condition, versions, hint: `install ${what} that is ${condition}` });
}

const otherHost = 'choose another host, or correct the playbook';

function noneFound({ accelerators: answer }: Facts): Omit<Finding, 'name' | 'required'> {
  if (answer.kind === 'no-tool') {
    const because = 'none of nvidia-smi, rocm-smi, amd-smi, rocminfo and tpu-info is there';
    return {
      result: 'fail',
      found: 'none',
      because,
      hint: 'install the driver with its tools, put them on the PATH in "setup", or choose another host',
    };
  }
  const because = answer.kind === 'none' ? (answer.because ?? null) : null;
  return { result: 'fail', found: 'none', because, hint: otherHost };
}

const failureHints: Readonly<Record<AcceleratorFailure, string>> = {
  'driver-failed': 'load or install the driver; after a new kernel it has to be built again',
  'driver-mismatch': 'reboot the host, or load the module of the installed driver: it was updated under the running one',
  'library-missing': 'install the library of the driver, or start the container with its GPUs',
  'accelerator-lost': 'reboot the host; quarantine it if that does not help',
  'field-refused': 'the tool is older or newer than any that fleet knows; run it by hand with `fleet exec`',
  'permission-denied': 'add the user to the groups "render" and "video", and log in again',
  'probe-hung': 'an accelerator is likely lost: look at the kernel log, and reboot the host',
  unreadable: 'run the tool by hand with `fleet exec`',
};

function explainFailure({ accelerators: answer }: Facts): Omit<Finding, 'name' | 'required'> {
  if (answer.kind !== 'failed') return { result: 'error', found: null };
  return { result: 'error', found: null, because: answer.message, hint: failureHints[answer.reason] };
}

/** `2 × A, 1 × B`; a single kind that occurs once stands alone. */
function summarize(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  if (names.length === 0) return 'none';
  return [...counts].map(([name, count]) => (names.length === 1 ? name : `${count} × ${name}`)).join(', ');
}
