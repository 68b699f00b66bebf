import type { JsonNumber } from '../json/value.ts';
import { show } from '../toolcall/differences.ts';
import type { PlanNode } from './plan.ts';
import { characters, isMultiple, mayMatch } from './verdict.ts';
import type { ViolationKind } from './violation.ts';

export type ScalarFinding = { readonly kind: ViolationKind; readonly message: string; readonly expected: number | string };

/** Bounds of a number, compared as doubles. */
export function numberFindings(node: PlanNode, value: number | JsonNumber): readonly ScalarFinding[] {
  const found: ScalarFinding[] = [];
  const n = Number(value);
  const add = (message: string, expected: number): void => {
    found.push({ kind: 'range', message: `is ${show(value)}, ${message} ${expected}`, expected });
  };
  if (n < node.minimum) add('the least allowed is', node.minimum);
  else if (node.above !== -Infinity && n <= node.above) add('it has to be more than', node.above);
  if (n > node.maximum) add('the most allowed is', node.maximum);
  else if (node.below !== Infinity && n >= node.below) add('it has to be less than', node.below);
  if (!isMultiple(n, node.step)) add('expected a multiple of', node.step);
  return found;
}

/** Length, pattern and format of a text. */
export function stringFindings(node: PlanNode, value: string): readonly ScalarFinding[] {
  const found: ScalarFinding[] = [];
  const length = characters(value);
  if (length < node.leastLength) found.push({ kind: 'length', message: `has ${length} characters, at least ${node.leastLength} are needed`, expected: node.leastLength });
  if (length > node.mostLength) found.push({ kind: 'length', message: `has ${length} characters, at most ${node.mostLength} are allowed`, expected: node.mostLength });
  const { pattern, format } = node.schema;
  if (node.pattern !== undefined && typeof pattern === 'string' && !mayMatch(node.pattern, value)) found.push({ kind: 'pattern', message: `is ${show(value)}, which does not match ${pattern}`, expected: pattern });
  if (node.format !== undefined && typeof format === 'string' && !node.format(value)) found.push({ kind: 'format', message: `is ${show(value)}, which is no ${format}`, expected: format });
  return found;
}
