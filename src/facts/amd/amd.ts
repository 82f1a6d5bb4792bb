import { failedAnswer, unknownAccelerator, type Accelerator, type AcceleratorAnswer } from '../accelerators.ts';
import { nameProcess, splitHolders } from '../holders.ts';
import { readDecimal, readWhole } from '../numbers.ts';
import type { SectionAnswer } from '../sections.ts';
import { parseAmdSmi } from './amd-smi.ts';
import { readJsonAfterText } from './json.ts';
import { parseRocmSmi, type RocmCard } from './rocm-smi.ts';
import { judgeArchitecture, parseRocminfo, type RocmAgent, type RocmInfo } from './rocminfo.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

/** What the sections of `amdReadings` and `amdDetails` say: rocm-smi where it answers, else amd-smi, else rocminfo alone. */
export function readAmd(sections: Sections): AcceleratorAnswer {
  const rocminfo = parseRocminfo(sections.get('rocminfo')?.text ?? '');
  const listed = listDevices(sections, rocminfo);
  const problems = [...listed.others.filter(isTrouble), ...findHung(sections)];
  if (listed.accelerators.length === 0) return explainEmpty(sections, rocminfo, listed.others);
  const version = /^\d+(?:\.\d+)+/.exec(sections.get('rocm-version')?.text ?? '')?.[0] ?? null;
  for (const accelerator of listed.accelerators) {
    accelerator.runtime = version;
    accelerator.driver ??= rocminfo.driver;
    if (rocminfo.trouble === null) continue;
    accelerator.healthy = false;
    accelerator.notes.push(rocminfo.trouble.message);
  }
  return { kind: 'found', accelerators: listed.accelerators, problems };
}

function listDevices(sections: Sections, rocminfo: RocmInfo): { accelerators: Accelerator[]; others: string[] } {
  const others: string[] = [];
  for (const name of ['rocm-smi', 'rocm-fewer']) {
    const listing = parseRocmSmi(sections.get(name)?.text ?? '');
    others.push(...listing.others);
    if (listing.cards.length === 0) continue;
    const agents = matchAgents(listing.cards, rocminfo.agents);
    const driver = listing.system.get('driver version') ?? null;
    const accelerators = listing.cards.map((card, at) => readCard(card, agents[at] ?? null, rocminfo.override, driver));
    attachProcesses(accelerators, listing.cards, sections.get('amd-processes'));
    return { accelerators, others };
  }
  const { accelerators, others: said } = parseAmdSmi(sections.get('amd-smi')?.text ?? '');
  others.push(...said);
  if (accelerators.length > 0) return { accelerators, others };
  return { accelerators: rocminfo.agents.map((agent, at) => readAgentAlone(agent, at, rocminfo.override)), others };
}

/** By node where rocm-smi tells it, else by order where there are as many of both. */
function matchAgents(cards: RocmCard[], agents: RocmAgent[]): (RocmAgent | null)[] {
  return cards.map(({ values }, at) => {
    const node = readWhole(values.get('node id'));
    const byNode = node === null ? undefined : agents.find((agent) => agent.node === node);
    return byNode ?? (agents.length === cards.length ? (agents[at] ?? null) : null);
  });
}

function readCard(card: RocmCard, agent: RocmAgent | null, override: string | null, driver: string | null): Accelerator {
  const value = (...names: string[]) => names.map((name) => known(card.values.get(name))).find((text) => text !== null) ?? null;
  const number = (...names: string[]) => readDecimal(value(...names) ?? undefined);
  const chip = (agent?.chip ?? value('device id', 'gpu id', 'card model'))?.toLowerCase() ?? null;
  const isChip = chip !== null && /^0x[0-9a-f]+$/.test(chip);
  const reported = agent?.reported ?? value('gfx version');
  const { architecture, note } = judgeArchitecture(isChip ? chip : null, reported, override);
  return {
    ...unknownAccelerator('amd'),
    model: nameOf(value('card series'), value('card model'), agent?.model ?? null, value('device name')),
    index: card.index,
    uuid: agent?.uuid ?? value('unique id'),
    busId: value('pci bus'),
    memoryBytes: number('vram total memory (b)'),
    memoryUsedBytes: number('vram total used memory (b)'),
    utilization: number('gpu use (%)'),
    temperature: number('temperature (sensor junction) (c)', 'temperature (sensor edge) (c)'),
    power: number('average graphics package power (w)', 'current socket graphics package power (w)'),
    driver: driver === null ? null : known(driver),
    architecture,
    notes: note === null ? [] : [note],
  };
}

function readAgentAlone(agent: RocmAgent, index: number, override: string | null): Accelerator {
  const { architecture, note } = judgeArchitecture(agent.chip, agent.reported, override);
  const { model, uuid, memoryBytes } = agent;
  const accelerator = { ...unknownAccelerator('amd'), index, model, uuid, memoryBytes, architecture };
  return { ...accelerator, notes: note === null ? [] : [note] };
}

/** Some versions have ids alone in place of names. */
function nameOf(...names: (string | null)[]): string | null {
  return names.find((name) => name !== null && !/^0x[0-9a-f]+$/i.test(name)) ?? null;
}

function known(text: string | undefined): string | null {
  return text === undefined || ['', 'n/a', 'unknown', 'none'].includes(text.toLowerCase()) ? null : text;
}

/** The kernel's word says which device; a process of which only rocm-smi knows counts for every device it may be on. */
function attachProcesses(accelerators: Accelerator[], cards: RocmCard[], answer: SectionAnswer | undefined): void {
  if (answer === undefined || answer.exitCode !== 0) return;
  const { holders, rest } = splitHolders(answer.text);
  const vram = [...rest.matchAll(/^fleet-vram (\d+) (\d+) (\d+)$/gm)].map(([, pid = '', gpu = '', bytes = '']) => ({
    pid,
    gpu,
    bytes,
  }));
  const { value } = readJsonAfterText(rest.replaceAll(/^fleet-vram .*$/gm, ''));
  const system: unknown = typeof value === 'object' && value !== null && 'system' in value ? value.system : {};
  const listed = Object.entries(system ?? {}).flatMap(([key, text]: [string, unknown]) => {
    const pid = /^PID(\d+)$/.exec(key)?.[1];
    return pid === undefined || typeof text !== 'string' ? [] : [{ pid, values: text.split(',').map((part) => part.trim()) }];
  });
  for (const [at, accelerator] of accelerators.entries()) {
    const gpu = cards[at]?.values.get('guid');
    accelerator.processes = listed.flatMap(({ pid, values }) => {
      const mine = vram.filter((entry) => entry.pid === pid);
      const here = mine.find((entry) => entry.gpu === gpu);
      const isElsewhere = gpu !== undefined && mine.length > 0 && here === undefined;
      if (isElsewhere) return [];
      const memoryBytes = readDecimal(here?.bytes ?? values[2]);
      return [nameProcess({ pid: readWhole(pid), user: null, command: known(values[0]), memoryBytes }, holders)];
    });
  }
}

function explainEmpty(sections: Sections, { trouble }: RocmInfo, others: string[]): AcceleratorAnswer {
  if (trouble !== null) return failedAnswer(trouble.reason, trouble.message);
  const [hung] = findHung(sections);
  if (hung !== undefined) return failedAnswer('probe-hung', hung);
  const missing = others.find((line) => /Driver not initialized|amdgpu not found/i.test(line));
  if (missing !== undefined) return failedAnswer('driver-failed', missing);
  const asked = ['rocm-smi', 'amd-smi', 'rocminfo'].flatMap((name) => {
    const answer = sections.get(name);
    return answer === undefined || answer.exitCode === 127 ? [] : [{ name, ...answer }];
  });
  const failed = asked.find(({ exitCode }) => exitCode !== 0);
  if (asked.length === 0) return { kind: 'no-tool' };
  if (failed === undefined) return { kind: 'none' };
  const said = failed.text.trim().split('\n').at(-1) ?? '';
  return failedAnswer('unreadable', `${failed.name} ended with exit status ${failed.exitCode}: ${said.slice(0, 300)}`);
}

function findHung(sections: Sections): string[] {
  const tools = {
    'rocm-smi': 'rocm-smi',
    'rocm-fewer': 'rocm-smi',
    'amd-processes': 'rocm-smi',
    'amd-smi': 'amd-smi',
    rocminfo: 'rocminfo',
  };
  const hung = Object.entries(tools).flatMap(([name, tool]) => (sections.get(name)?.timedOut === true ? [tool] : []));
  return [...new Set(hung)].map((tool) => `${tool} did not answer in time and was killed`);
}

/** That cards sleep is no trouble, and a banner of the login shell is none of the tool's business. */
function isTrouble(line: string): boolean {
  return /\b(?:unable|error|fail(?:ed)?|exception)\b/i.test(line) && !/low-power state/i.test(line);
}
