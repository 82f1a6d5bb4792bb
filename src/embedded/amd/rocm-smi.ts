import type { AmdReading } from './readings.ts';
import { formatConcise, formatCsv, formatJson, formatText } from './rocm-smi-formats.ts';
import { sections, systemSections } from './sections.ts';

interface ToolAnswer {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** What the pretend rocm-smi, as of ROCm 6, prints for these arguments. */
export function answerRocmSmi(args: string[], driver: string, readings: AmdReading[]): ToolAnswer {
  const asked = parseArguments(args);
  if ('unknown' in asked) {
    const stderr = `usage: rocm-smi [-h] [--json] [--csv] [--showproductname] ...\nrocm-smi: error: unrecognized arguments: ${asked.unknown}\n`;
    return { stdout: '', stderr, exitCode: 2 };
  }
  if (asked.options.has('help')) return { stdout: help, stderr: '', exitCode: 0 };
  const idle = readings.every(({ uses }) => uses.length === 0);
  const banner = idle
    ? '\n\nWARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status\n\n'
    : '\n\n';
  return { stdout: banner + format(asked.options, driver, readings), stderr: '', exitCode: 0 };
}

function format(options: ReadonlySet<string>, driver: string, readings: AmdReading[]): string {
  const shown = {
    cards: sections.filter(({ option }) => options.has(option)),
    system: systemSections
      .filter(({ option }) => options.has(option))
      .map(({ title, read }) => ({ title, values: read(driver, readings) })),
  };
  if (shown.cards.length === 0 && shown.system.length === 0) return formatConcise(readings);
  if (options.has('json')) return formatJson(shown, readings);
  return options.has('csv') ? formatCsv(shown, readings) : formatText(shown, readings);
}

const help = `rocm-smi of an embedded host: it pretends. There is no driver and no card behind it.

    rocm-smi                       the concise table
    --json, --csv                  instead of text
${[...sections, ...systemSections].map(({ option }) => `    --${option === 'showmeminfo' ? 'showmeminfo vram' : option}\n`).join('')}`;

const short = new Map([
  ['-h', 'help'],
  ['-i', 'showid'],
  ['-t', 'showtemp'],
  ['-P', 'showpower'],
  ['-u', 'showuse'],
]);

function parseArguments(args: string[]): { options: Set<string> } | { unknown: string } {
  const known = ['help', 'json', 'csv', ...[...sections, ...systemSections].map(({ option }) => option)];
  const options = new Set<string>();
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const name = short.get(arg) ?? arg.replace(/^--/, '');
    if (!known.includes(name)) return { unknown: arg };
    options.add(name);
    if (name !== 'showmeminfo') continue;
    at += 1;
    if (args[at]?.toLowerCase() !== 'vram') return { unknown: args[at] ?? '' };
  }
  return { options };
}
