import { readAmd } from './amd/amd.ts';
import type { AcceleratorAnswer, Vendor } from './accelerators.ts';
import { readNvidia } from './nvidia/nvidia.ts';
import { parseSections, type SectionAnswer } from './sections.ts';
import { readTpu } from './tpu/tpu.ts';
import type { TpuSlice } from './tpu/slice.ts';

type Sections = ReadonlyMap<string, SectionAnswer>;

/** What the answer to `acceleratorsScript`, or to `samplingScript`, says. */
export function parseAccelerators(output: string): AcceleratorAnswer {
  return readAccelerators(parseSections(output)).answer;
}

/** The answers of all vendors as one. What one vendor's tools say of trouble is no reason to lose another's devices. */
export function readAccelerators(sections: Sections): { answer: AcceleratorAnswer; slice: TpuSlice | null } {
  const tpu = readTpu(sections);
  const displays = readDisplays(sections.get('pci'));
  const answers = [
    believeBus(readNvidia(sections), displays, 'nvidia'),
    believeBus(readAmd(sections), displays, 'amd'),
    tpu.answer,
  ];
  return { answer: combine(answers), slice: tpu.slice };
}

function combine(answers: readonly AcceleratorAnswer[]): AcceleratorAnswer {
  const found = answers.flatMap((answer) => (answer.kind === 'found' ? [answer] : []));
  const failed = answers.flatMap((answer) => (answer.kind === 'failed' ? [answer] : []));
  const [first] = failed;
  if (found.length > 0) {
    return {
      kind: 'found',
      accelerators: found.flatMap(({ accelerators }) => accelerators),
      problems: [...found.flatMap(({ problems }) => problems), ...failed.map(({ message }) => message)],
    };
  }
  if (first !== undefined) return { ...first, message: failed.map(({ message }) => message).join('; ') };
  const none = answers.filter((answer) => answer.kind === 'none');
  return none.find(({ because }) => because !== undefined) ?? none[0] ?? { kind: 'no-tool' };
}

/** A tool whose driver is not there fails on a machine without any card, too: images come with the tools of cards that are elsewhere. */
function believeBus(answer: AcceleratorAnswer, displays: ReadonlySet<Vendor> | null, vendor: Vendor): AcceleratorAnswer {
  const isElsewhere = displays !== null && !displays.has(vendor);
  if (answer.kind !== 'failed' || answer.reason === 'probe-hung' || !isElsewhere) return answer;
  return { kind: 'none', because: `no card of ${vendor} is on the PCI bus, and its tool says: ${answer.message}` };
}

const vendors: Readonly<Record<string, Vendor>> = { '0x10de': 'nvidia', '0x1002': 'amd' };

/** Whose displays and accelerators the PCI bus has; null where no bus can be seen, or where the device is not on it, as on a Jetson. */
function readDisplays(answer: SectionAnswer | undefined): Set<Vendor> | null {
  const devices = [...(answer?.text ?? '').matchAll(/^0x([0-9a-f]{2})[0-9a-f]{4} (0x[0-9a-f]{4})$/gm)];
  if (devices.length === 0) return null;
  const shown = devices.filter(([, base]) => base === '03' || base === '12');
  return new Set(shown.flatMap(([, , vendor = '']) => vendors[vendor] ?? []));
}
