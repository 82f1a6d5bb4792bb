import { unknownAccelerator, type Accelerator, type AcceleratorAnswer } from '../accelerators.ts';
import { nameProcess, splitHolders } from '../holders.ts';
import { readDecimal, readWhole } from '../numbers.ts';
import type { SectionAnswer } from '../sections.ts';
import { parseAmdSmi } from './amd-smi.ts';
import { readJsonAfterText } from './json.ts';
import { parseRocmSmi, type RocmCard } from './rocm-smi.ts';
import { judgeArchitecture, parseRocminfo, type RocmAgent, type RocmInfo } from './rocminfo.ts';
import { explainEmpty, findTroubles } from './trouble.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

interface Listing {
  accelerators: Accelerator[];
  /** Lines that are of no card. */
  others: string[];
  /** Whether rocm-smi or amd-smi tells the cards: rocminfo alone knows less of them. */
  isListed: boolean;
}

/** What the sections of `amdReadings` and `amdDetails` say: rocm-smi where it answers, else amd-smi, else rocminfo alone. */
export function readAmd(sections: Sections): AcceleratorAnswer {
  const rocminfo = parseRocminfo(sections.get('rocminfo')?.text ?? '');
  const { accelerators, others, isListed } = listDevices(sections, rocminfo);
  if (accelerators.length === 0) return explainEmpty(sections, rocminfo);
  const troubles = findTroubles(sections, rocminfo, isListed).map(({ message }) => message);
  const said = others.filter((line) => isTrouble(line) && !troubles.some((message) => message.includes(line)));
  const version = /^\d+(?:\.\d+)+/.exec(sections.get('rocm-version')?.text ?? '')?.[0] ?? null;
  for (const accelerator of accelerators) {
    accelerator.runtime = version;
    accelerator.driver ??= rocminfo.driver;
    if (rocminfo.trouble === null) continue;
    accelerator.healthy = false;
    accelerator.notes.push(rocminfo.trouble.message);
  }
  return { kind: 'found', accelerators, problems: [...said, ...troubles] };
}

function listDevices(sections: Sections, rocminfo: RocmInfo): Listing {
  const others: string[] = [];
  for (const name of ['rocm-smi', 'rocm-fewer']) {
    const listing = parseRocmSmi(sections.get(name)?.text ?? '');
    others.push(...listing.others);
    if (listing.cards.length === 0) continue;
    const agents = matchAgents(listing.cards, rocminfo.agents);
    const driver = listing.system.get('driver version') ?? null;
    const accelerators = listing.cards.map((card, at) => readCard(card, agents[at] ?? null, rocminfo.override, driver));
    attachProcesses(accelerators, listing.cards, sections.get('amd-processes'));
    return { accelerators, others, isListed: true };
  }
  const { accelerators, others: said } = parseAmdSmi(sections.get('amd-smi')?.text ?? '');
  others.push(...said);
  if (accelerators.length > 0) return { accelerators, others, isListed: true };
  const alone = rocminfo.agents.map((agent, at) => readAgentAlone(agent, at, rocminfo.override));
  return { accelerators: alone, others, isListed: false };
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
  // "Card model" is no chip: old versions tell the id of the board there.
  const chip = (agent?.chip ?? value('device id', 'gpu id'))?.toLowerCase() ?? null;
  const isChip = chip !== null && /^0x[0-9a-f]+$/.test(chip);
  const reported = agent?.reported ?? value('gfx version');
  const { architecture, note } = judgeArchitecture(isChip ? chip : null, reported, override);
  return {
    ...unknownAccelerator('amd'),
    model: nameOf(value('card series'), agent?.model ?? null, value('card model'), value('device name')),
    index: card.index,
    uuid: agent?.uuid ?? readUniqueId(value('unique id')),
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

/** The PCI bus has one name for several cards, as "Radeon RX 5600 OEM/5600 XT / 5700/5700 XT". Some versions have ids alone in place of names. */
function nameOf(...names: (string | null)[]): string | null {
  const known = names.filter((name) => name !== null && !/^0x[0-9a-f]+$/i.test(name));
  return known.find((name) => name?.includes('/') === false) ?? known[0] ?? null;
}

/** `0x0` is what a card without one says. */
function readUniqueId(text: string | null): string | null {
  return text === null || /^0x0+$/i.test(text) ? null : text;
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

/** That cards sleep is no trouble, and a banner of the login shell is none of the tool's business. */
function isTrouble(line: string): boolean {
  return /\b(?:unable|error|fail(?:ed)?|exception)\b/i.test(line) && !/low-power state/i.test(line);
}
