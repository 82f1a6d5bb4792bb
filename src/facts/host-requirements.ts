import { formatSize, type Size } from '../language/units.ts';
import { isAtLeast, toleranceOf } from './accelerator-match.ts';
import type { Facts } from './facts.ts';
import type { Finding, RequirementRules } from './requirement-rules.ts';
import { compareVersion } from './version-finding.ts';

/** What the machine beside its accelerators must have. */
export function compareHost(rules: RequirementRules, facts: Facts): Finding[] {
  const { python, disk, memory = null, cpus = null, tools = [], network = [] } = rules;
  return [
    ...(python === null ? [] : [comparePython(python, facts)]),
    ...(disk === null ? [] : [compareSpace(disk, facts), ...compareInodes(disk, facts)]),
    ...(memory === null ? [] : [compareMemory(memory, facts)]),
    ...(cpus === null ? [] : [compareCpus(cpus, facts)]),
    ...tools.map((name) => compareTool(name, facts)),
    ...network.map((endpoint) => compareEndpoint(endpoint, facts)),
  ];
}

function comparePython(condition: string, facts: Facts): Finding {
  const absent = facts.problems.find((text) => text.startsWith('python3: '));
  const hint = `install a python3 that is ${condition}, or enter an environment with one in "setup"`;
  return compareVersion({ name: 'python', condition, versions: [facts.python], hint, absent: absent ?? null });
}

function compareSpace({ path, free }: { path: string; free: Size }, facts: Facts): Finding {
  const bytes = facts.disks.find((disk) => disk.path === path)?.freeBytes ?? null;
  const named = { name: 'disk', required: `${formatSize(free.bytes)} free at ${path}` };
  if (bytes === null) return { ...named, result: 'error', found: null, because: `the free space at "${path}" is not known` };
  const hint = `free ${formatSize(Math.max(0, free.bytes - bytes))} there, or choose another path`;
  return { ...named, result: bytes >= free.bytes ? 'pass' : 'fail', found: formatSize(bytes), hint };
}

function compareInodes({ path, inodes = null }: { path: string; inodes?: number | null }, facts: Facts): Finding[] {
  if (inodes === null) return [];
  const disk = facts.disks.find((candidate) => candidate.path === path);
  const named = { name: 'disk inodes', required: `${inodes} free at ${path}` };
  const found = disk?.freeInodes ?? null;
  if (found !== null) {
    return [{ ...named, result: found >= inodes ? 'pass' : 'fail', found: String(found), hint: 'remove small files there' }];
  }
  const isUnlimited = disk?.freeBytes !== undefined && disk.freeBytes !== null;
  const because = 'the file system does not tell how many inodes are free';
  return [{ ...named, result: isUnlimited ? 'pass' : 'error', found: null, because }];
}

function compareMemory(memory: Size, { memoryBytes }: Facts): Finding {
  const tolerance = Math.round(toleranceOf(memory) * 100);
  const named = { name: 'memory', required: `${memory.text} (${tolerance} % less counts as that)` };
  if (memoryBytes === null) return { ...named, result: 'error', found: null, because: 'the memory of the host is not known' };
  const result = isAtLeast(memoryBytes, memory) ? 'pass' : 'fail';
  return { ...named, result, found: formatSize(memoryBytes), hint: 'choose a host with more memory' };
}

function compareCpus(cpus: number, { cpuCount }: Facts): Finding {
  const named = { name: 'cpus', required: `at least ${cpus}` };
  if (cpuCount === null) return { ...named, result: 'error', found: null, because: 'the number of CPUs is not known' };
  return { ...named, result: cpuCount >= cpus ? 'pass' : 'fail', found: String(cpuCount), hint: 'choose a host with more CPUs' };
}

function compareTool(tool: string, facts: Facts): Finding {
  const named = { name: `tool ${tool}`, required: `${tool} on the PATH` };
  const path = facts.tools[tool];
  if (path === undefined) {
    const because = facts.problems.find((text) => text.startsWith('tools: ')) ?? 'it was not looked for';
    return { ...named, result: 'error', found: null, because };
  }
  if (path !== null) return { ...named, result: 'pass', found: path };
  return { ...named, result: 'fail', found: 'none', hint: `install ${tool}, or put it on the PATH in "setup"` };
}

function compareEndpoint(endpoint: string, facts: Facts): Finding {
  const named = { name: `network ${endpoint}`, required: `a connection to ${endpoint}` };
  const tried = facts.network.find((candidate) => candidate.endpoint === endpoint);
  if (tried === undefined || tried.reachable === null) {
    return { ...named, result: 'error', found: null, because: tried?.message ?? 'it was not tried' };
  }
  if (tried.reachable) return { ...named, result: 'pass', found: 'connected' };
  return {
    ...named,
    result: 'fail',
    found: tried.message ?? 'no connection',
    hint: 'look at the firewall, the name server and the proxy of the host',
  };
}
