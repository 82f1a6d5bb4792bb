import { readDecimal, readWhole } from '../numbers.ts';
import { architectureOf } from './chips.ts';

/** A GPU agent of rocminfo. */
export interface RocmAgent {
  node: number | null;
  /** As it reports itself, which an override may have changed. */
  reported: string | null;
  model: string | null;
  /** `0x731f` */
  chip: string | null;
  uuid: string | null;
  memoryBytes: number | null;
}

export interface RocmInfo {
  agents: RocmAgent[];
  /** Of the kernel module, where it tells one. */
  driver: string | null;
  /** `HSA_OVERRIDE_GFX_VERSION` of the environment that was looked at. */
  override: string | null;
  /** Why there are no agents, or why they cannot be used. */
  trouble: { reason: 'driver-failed' | 'permission-denied'; message: string } | null;
}

export function parseRocminfo(text: string): RocmInfo {
  const agents = text
    .split(/^\*{3,}\s*$/m)
    .map(readBlock)
    .filter((block) => /^Device Type:\s*GPU/m.test(block))
    .map(readAgent);
  const version = /ROCk module version (\S+) is loaded/.exec(text)?.[1] ?? null;
  const override = /^HSA_OVERRIDE_GFX_VERSION=(\S+)$/m.exec(text)?.[1] ?? null;
  return { agents, driver: version, override, trouble: findTrouble(text) };
}

/**
 * The architecture of the chip itself, and what to say where it reports another one. `HSA_OVERRIDE_GFX_VERSION=10.3.0` makes a gfx1010 say
 * gfx1030; its chip id stays.
 */
export function judgeArchitecture(chip: string | null, reported: string | null, override: string | null) {
  const architecture = chip === null ? null : architectureOf(chip);
  const isOverridden = architecture !== null && reported !== null && architecture !== reported;
  const by = override === null ? '' : ` (HSA_OVERRIDE_GFX_VERSION=${override})`;
  const note = isOverridden ? `override active${by}: chip ${chip ?? ''} is ${architecture}, and reports ${reported}` : null;
  return { architecture: architecture ?? reported, note };
}

/** The indented lines of one agent, unindented. */
function readBlock(block: string): string {
  return block
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

function readAgent(block: string): RocmAgent {
  const value = (name: string) => new RegExp(`^${name}:\\s*(\\S.*)$`, 'm').exec(block)?.[1]?.trim();
  const chip = /\((0x[0-9a-f]+)\)/i.exec(value('Chip ID') ?? '')?.[1]?.toLowerCase() ?? null;
  // The first pool of a GPU is its own memory.
  const kilobytes = /^Size:\s*(\d+)\(0x[0-9a-f]+\) KB/im.exec(block)?.[1];
  return {
    node: readWhole(value('Node')),
    reported: /^gfx[0-9a-f]+$/.test(value('Name') ?? '') ? (value('Name') ?? null) : null,
    model: value('Marketing Name') ?? null,
    chip,
    uuid: readUuid(value('Uuid')),
    memoryBytes: readDecimal(kilobytes, 1024),
  };
}

/** `GPU-XX` is what a card without one says. */
function readUuid(text: string | undefined): string | null {
  return text === undefined || /X{2}/.test(text) ? null : text;
}

function findTrouble(text: string): RocmInfo['trouble'] {
  const line = (pattern: RegExp) =>
    text
      .split('\n')
      .find((candidate) => pattern.test(candidate))
      ?.trim();
  const denied = line(/Unable to open \/dev\/kfd.*Permission denied/i);
  if (denied !== undefined) {
    const group = line(/is not member of/i);
    return { reason: 'permission-denied', message: group === undefined ? denied : `${denied}; ${group}` };
  }
  const missing = line(/ROCk module is NOT loaded/i);
  if (missing !== undefined) return { reason: 'driver-failed', message: missing };
  const refused = line(/HSA_STATUS_ERROR/) ?? line(/hsa api call failure/i);
  return refused === undefined ? null : { reason: 'driver-failed', message: `rocminfo: ${refused}` };
}
