import { quote, quoteAll } from '../quoting.ts';
import { clockScript, machineScript } from './machine-script.ts';
import { networkScript } from './network-script.ts';
import { nvidiaSections, nvidiaTableSection } from './nvidia-script.ts';
import { writeSections, type Section } from './sections.ts';

export interface FactsQuestion {
  /** Shell lines of the host and the playbook, sourced before python and the vendors' tools are looked for. */
  setup: string;
  /** Relative to the home folder, or absolute. It need not exist yet. */
  workdir: string;
  /** Relative to the workdir, or absolute. They need not exist yet. */
  diskPaths: readonly string[];
  /** Names of programs to look for, besides those that are always looked for. */
  tools: readonly string[];
  /** `HOST:PORT`, to be reached from the host. */
  endpoints: readonly string[];
}

/** Of a question that asks for nothing in particular. */
export const plainQuestion: FactsQuestion = { setup: '', workdir: '.', diskPaths: ['.'], tools: [], endpoints: [] };

const commonTools = [
  'git',
  'python3',
  'nvidia-smi',
  'rocm-smi',
  'amd-smi',
  'tpu-info',
  'setsid',
  'perl',
  'busybox',
  'timeout',
  'tar',
  'sha256sum',
];

const shortSeconds = 10;
const pythonSeconds = 30;
const networkSeconds = 10;

/** What the whole question may take, for the caller's own limit: every section may use up its time. */
export function factsTimeoutSeconds(question: FactsQuestion): number {
  return sectionsOf(question).reduce((sum, section) => sum + section.timeoutSeconds, 5);
}

/** Everything about a worker in one round trip. Looks only. */
export function factsScript(question: FactsQuestion): string {
  return writeSections(sectionsOf(question));
}

function sectionsOf({ setup, workdir, diskPaths, tools, endpoints }: FactsQuestion): Section[] {
  const enter = `cd 2>/dev/null\ncd ${quote(asOperand(workdir))} 2>/dev/null\n${setup}`;
  return [
    { name: 'machine', script: machineScript, timeoutSeconds: shortSeconds },
    { name: 'tools', script: `${enter}\n${findTools([...commonTools, ...tools])}`, timeoutSeconds: pythonSeconds },
    { name: 'git', script: `${enter}\nexec git --version`, timeoutSeconds: shortSeconds },
    {
      name: 'python',
      script: `${enter}\nexec python3 -c 'import platform; print(platform.python_version())'`,
      timeoutSeconds: pythonSeconds,
    },
    ...diskPaths.map((path, index) => ({
      name: diskSection(index),
      script: measureDisk(workdir, path),
      timeoutSeconds: shortSeconds,
    })),
    ...(endpoints.length === 0 ? [] : [{ name: 'network', script: networkScript(endpoints), timeoutSeconds: networkSeconds }]),
    ...nvidiaSections(enter),
    nvidiaTableSection(enter),
    { name: 'clock', script: clockScript, timeoutSeconds: shortSeconds },
  ];
}

export function diskSection(index: number): string {
  return `disk-${index}`;
}

function findTools(names: readonly string[]): string {
  return `for fleet_tool in ${quoteAll([...new Set(names)])}; do
  printf '%s=%s\\n' "$fleet_tool" "$(command -v "$fleet_tool")"
done`;
}

/** A path that does not exist yet is measured at the nearest folder above it that does. */
function measureDisk(workdir: string, path: string): string {
  const whole = path.startsWith('/') ? path : `${workdir.replace(/\/+$/, '')}/${path}`;
  return `cd || exit
fleet_path=${quote(asOperand(whole))}
while test ! -e "$fleet_path"; do
  fleet_above=$(dirname "$fleet_path")
  test "$fleet_above" != "$fleet_path" || break
  fleet_path=$fleet_above
done
df -P -k "$fleet_path"
echo inodes
df -P -i "$fleet_path"`;
}

/** A relative path never looks like an option. */
function asOperand(path: string): string {
  return path.startsWith('/') ? path : `./${path}`;
}
