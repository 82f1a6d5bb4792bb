import type { ASTNode } from '@marcbachmann/cel-js';
import { functionNames, readUnit } from './expression-environment.ts';
import { nearestName } from './nearest.ts';

/** Calls that give a name to each item of a list. */
const listMacros: readonly string[] = ['all', 'exists', 'exists_one', 'map', 'filter'];

/** What an author may not write although CEL knows it: each could take unbounded time or memory. */
const refusedCalls: Readonly<Record<string, string>> = {
  matches: 'regular expressions have keys of their own ("matches", "capture")',
  bind: 'write the value out where it is used',
};

export interface Refusal {
  message: string;
  start: number;
}

/** The first thing in an expression that this language leaves out, or null. */
export function findRefusal(node: ASTNode, insideMacro = false): Refusal | null {
  const call = callOf(node);
  if (call !== null) {
    const refused = Object.hasOwn(refusedCalls, call.name) ? refusedCalls[call.name] : undefined;
    if (refused !== undefined) return { message: `"${call.name}" is not part of this language: ${refused}`, start: node.start };
    if (!functionNames.has(call.name)) return { message: describeUnknown(call.name), start: node.start };
    if (call.isMacro && insideMacro) return { message: `"${call.name}" inside another loop over a list`, start: node.start };
    const wrong = call.name === 'unit' ? findWrongUnit(call.args[0]) : null;
    if (wrong !== null) return wrong;
  }
  for (const child of childrenOf(node)) {
    const refusal = findRefusal(child, insideMacro || call?.isMacro === true);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Names read from the scope with the keys that follow them, `a.b["c"]` as `["a", "b", "c"]`; not the loop names of macros. */
export function findNames(node: ASTNode): string[][] {
  const found = new Map<string, string[]>();
  collectNames(node, new Set(), found);
  return [...found.values()];
}

/** `a.b["c"]` as keys, or null when the node is anything else. */
export function readPath(node: ASTNode): string[] | null {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.' && node.op !== '[]') return null;
  const before = readPath(node.args[0]);
  const key = node.op === '.' ? node.args[1] : readText(node.args[1]);
  return before === null || key === null ? null : [...before, key];
}

function collectNames(node: ASTNode, bound: ReadonlySet<string>, found: Map<string, string[]>): void {
  const path = readPath(node);
  if (path !== null) {
    const [root = ''] = path;
    if (!bound.has(root)) found.set(JSON.stringify(path), path);
    return;
  }
  const call = callOf(node);
  const loopName = call?.isMacro === true && call.args[0]?.op === 'id' ? call.args[0].args : null;
  const inside = loopName === null ? bound : new Set([...bound, loopName]);
  for (const child of childrenOf(node)) collectNames(child, inside, found);
}

function callOf(node: ASTNode): { name: string; isMacro: boolean; args: readonly ASTNode[] } | null {
  if (node.op === 'call') return { name: node.args[0], isMacro: false, args: node.args[1] };
  if (node.op === 'rcall') return { name: node.args[0], isMacro: listMacros.includes(node.args[0]), args: node.args[2] };
  return null;
}

/** The parts that are expressions themselves. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

function describeUnknown(name: string): string {
  const nearest = nearestName(name, functionNames);
  return `no function is called "${name}"${nearest === null ? '' : `; the nearest is "${nearest}"`}`;
}

function findWrongUnit(argument: ASTNode | undefined): Refusal | null {
  const text = argument === undefined ? null : readText(argument);
  if (argument === undefined || text === null) return null;
  const unit = readUnit(text);
  return 'unknown' in unit ? { message: unit.unknown, start: argument.start } : null;
}

function readText(node: ASTNode): string | null {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : null;
}
