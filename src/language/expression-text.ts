import type { ASTNode } from '@marcbachmann/cel-js';

const arithmetic: readonly string[] = ['+', '-', '*', '/', '%'];

/** Loosest first; what is not listed (names, literals, calls, lists) binds tightest. */
const levels: readonly (readonly string[])[] = [
  ['?:'],
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
  ['!_', '-_'],
];
const tightest = levels.length;
const unary = tightest - 1;

/** The expression as an author would write it, for messages. */
export function writeExpression(node: ASTNode): string {
  return write(node, false);
}

/**
 * The same expression with its arithmetic inside `finite(...)` and its equalities as `same(...)`, so that a NaN, an infinity or
 * a comparison of unlike things becomes an error instead of an innocent false.
 */
export function writeGuardedExpression(node: ASTNode): string {
  return write(node, true);
}

function write(node: ASTNode, guarded: boolean): string {
  const inner = (child: ASTNode, level = 0) => {
    const text = write(child, guarded);
    return levelOf(child) < level ? `(${text})` : text;
  };
  const list = (children: readonly ASTNode[]) => children.map((child) => inner(child)).join(', ');
  switch (node.op) {
    case 'value':
      return node.input.slice(node.start, node.end);
    case 'id':
      return node.args;
    case '.':
    case '.?':
      return `${inner(node.args[0], tightest)}${node.op}${node.args[1]}`;
    case '[]':
      return `${inner(node.args[0], tightest)}[${inner(node.args[1])}]`;
    case '[?]':
      return `${inner(node.args[0], tightest)}[?${inner(node.args[1])}]`;
    case 'call':
      return `${node.args[0]}(${list(node.args[1])})`;
    case 'rcall':
      return `${inner(node.args[1], tightest)}.${node.args[0]}(${list(node.args[2])})`;
    case 'list':
      return `[${list(node.args)}]`;
    case 'map':
      return `{${node.args.map(([key, value]) => `${inner(key)}: ${inner(value)}`).join(', ')}}`;
    case '?:':
      return `${inner(node.args[0], 1)} ? ${inner(node.args[1], 1)} : ${inner(node.args[2])}`;
    case '!_':
    case '-_':
      return `${node.op[0]}${inner(node.args, tightest)}`;
    default: {
      const level = levelOf(node);
      const [left, right] = node.args;
      const plain = `${inner(left, level)} ${node.op} ${inner(right, level + 1)}`;
      if (!guarded) return plain;
      if (arithmetic.includes(node.op)) return `finite(${plain})`;
      return writeGuardedEquality(node.op, left, right) ?? plain;
    }
  }
}

/** An author who compares with a literal `null` means it; every other null is a missing value. */
function writeGuardedEquality(operator: string, left: ASTNode, right: ASTNode): string | null {
  if ((operator !== '==' && operator !== '!=') || isNull(left) || isNull(right)) return null;
  return `(${operator === '!=' ? '!' : ''}same(${write(left, true)}, ${write(right, true)}))`;
}

function levelOf(node: ASTNode): number {
  if (node.op === 'value') return node.input.startsWith('-', node.start) ? unary : tightest;
  const level = levels.findIndex((operators) => operators.includes(node.op));
  return level === -1 ? tightest : level;
}

function isNull(node: ASTNode): boolean {
  return node.op === 'value' && node.args === null;
}
