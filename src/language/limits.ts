import type { ASTNode } from '@marcbachmann/cel-js';
import { compileExpression } from './expression.ts';
import { childrenOf } from './expression-names.ts';
import { writeExpression } from './expression-text.ts';

/** What an expression demands of one metric function: `p50(training.loss) >= 39`. */
export interface Limit {
  /** `p50`, of `training.loss`. */
  measure: string;
  series: string;
  low: Bound | null;
  high: Bound | null;
  /** As it is written. */
  text: string;
}

export interface Bound {
  value: number;
  /** Whether the value itself is allowed. */
  included: boolean;
}

const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' };

/** The limits that all must hold for the expression to be true: bare metric functions against numbers. Others are left out. */
export function readLimits(source: string): Limit[] {
  const compiled = compileExpression(source);
  return compiled.ok ? readConjunction(compiled.expression.ast) : [];
}

function readConjunction(node: ASTNode): Limit[] {
  if (node.op === '&&') return childrenOf(node).flatMap(readConjunction);
  const [left, right] = childrenOf(node);
  const other = mirrored[node.op];
  if (left === undefined || right === undefined || other === undefined) return [];
  return [...readComparison(left, node.op, right, node), ...readComparison(right, other, left, node)];
}

function readComparison(measured: ASTNode, operator: string, limit: ASTNode, node: ASTNode): Limit[] {
  const [, measure, series] = /^([a-z]\w*)\(([A-Za-z_][\w.]*)\)$/.exec(writeExpression(measured)) ?? [];
  const value = readNumber(limit);
  if (measure === undefined || series === undefined || value === null) return [];
  const bound = { value, included: operator.endsWith('=') };
  return [
    {
      measure,
      series,
      low: operator === '<' || operator === '<=' ? null : bound,
      high: operator === '>' || operator === '>=' ? null : bound,
      text: writeExpression(node),
    },
  ];
}

/** Null unless it is a number that no metric has a part in. */
function readNumber(node: ASTNode): number | null {
  const compiled = compileExpression(writeExpression(node));
  if (!compiled.ok || compiled.expression.names.length > 0) return null;
  const answer = compiled.expression.evaluate({});
  return 'value' in answer && typeof answer.value === 'number' ? answer.value : null;
}
