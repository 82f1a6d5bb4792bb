import { requireCheckpoint } from '../training/checkpoint.ts';
import { pythonError } from '../training/failure.ts';
import { readConfigFile } from '../training/training-config.ts';
import { catalog } from './catalog.ts';
import type { Interpreter } from './interpreter.ts';
import { requireDevice } from './torch.ts';
import type { Torch } from './torch.ts';

const builtIn = ['importlib', 'json', 'os', 'platform', 'sys'];

/** In other forms than `import NAME`, and the module that has to be there. */
const knownImports: ReadonlyMap<string, string> = new Map([
  ['import torch_xla.core.xla_model as xm', 'torch_xla'],
  ['from omegaconf import OmegaConf', 'omegaconf'],
]);

export interface CodeContext {
  interpreter: Interpreter;
  /** Called when the code comes to PyTorch; it is there then. */
  torch: () => Torch;
}

/** Runs `-c` code of a few known statements, with the arguments behind it. Returns what it prints; null when there is something in it that is not known. */
export function runOneLiner(code: string, args: readonly string[], context: CodeContext): string | null {
  let output = '';
  for (const statement of splitStatements(code)) {
    const printed = runStatement(statement, args, context);
    if (printed === null) return null;
    output += printed;
  }
  return output;
}

/** Throws as Python does where a module of the catalog is not installed. */
export function requireModule(module: string, { packages }: Interpreter): void {
  const name = [...catalog].find(([, entry]) => entry.module === module)?.[0];
  if (name === undefined || !packages.has(name)) throw pythonError(`ModuleNotFoundError: No module named '${module}'`);
}

function splitStatements(code: string): string[] {
  return code
    .split(/[;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function runStatement(statement: string, args: readonly string[], context: CodeContext): string | null {
  const imported = /^import ([\w., ]+)$/.exec(statement)?.[1];
  if (imported !== undefined) return importAll(imported.split(','), context);
  const knownImport = knownImports.get(statement);
  if (knownImport !== undefined) {
    requireModule(knownImport, context.interpreter);
    return '';
  }
  const config = /^(?:\w+ = )?OmegaConf\.load\(['"]([^'"]+)['"]\)$/.exec(statement)?.[1];
  if (config !== undefined) {
    readConfigFile(config);
    return '';
  }
  const printed = /^print\((.*)\)$/.exec(statement)?.[1];
  if (printed !== undefined) {
    const values = printed.split(', ').map((expression) => evaluate(expression.trim(), context));
    return values.includes(null) ? null : `${values.join(' ')}\n`;
  }
  if (/^torch\.load\(sys\.argv\[1\](?:, map_location=['"]cpu['"])?\)$/.test(statement)) {
    requireCheckpoint(args[0] ?? '');
    return '';
  }
  if (
    !/^(?:\w+ = )?torch\.(?:randn|rand|zeros|ones)\([\d, ]+(?:, device='cuda')?\)(?:\.cuda\(\)|\.to\(['"]cuda(?::0)?['"]\))?$/.test(
      statement,
    )
  )
    return null;
  if (statement.includes('cuda')) requireDevice(context.torch());
  return '';
}

function importAll(modules: string[], { interpreter }: CodeContext): string | null {
  for (const module of modules.map((each) => each.trim())) {
    const top = module.split('.')[0] ?? '';
    if (builtIn.includes(top)) continue;
    if (![...catalog.values()].some((entry) => entry.module === top)) return null;
    requireModule(top, interpreter);
  }
  return '';
}

/** As `print` shows the value. */
function evaluate(expression: string, { interpreter, torch }: CodeContext): string | null {
  const device = () => requireDevice(torch());
  const value: Record<string, () => string> = {
    'platform.python_version()': () => interpreter.version,
    'xm.xla_device()': () => 'xla:0',
    'torch.__version__': () => torch().build,
    'torch.version.cuda': () => torch().cudaVersion ?? 'None',
    'torch.version.hip': () => torch().hipVersion ?? 'None',
    'torch.cuda.is_available()': () => (torch().devices.length > 0 ? 'True' : 'False'),
    'torch.cuda.device_count()': () => String(torch().devices.length),
    'torch.cuda.get_device_name(0)': () => device().name,
    'torch.cuda.get_device_properties(0).name': () => device().name,
    'torch.cuda.get_device_properties(0).total_memory': () => String(device().totalBytes),
    'torch.cuda.get_device_properties(0).total_memory / 1e9': () => String(device().totalBytes / 1e9),
    'torch.cuda.get_device_properties(0).total_memory / 1024**3': () => String(device().totalBytes / 2 ** 30),
  };
  return Object.hasOwn(value, expression) ? (value[expression]?.() ?? null) : null;
}
