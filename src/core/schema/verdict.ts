import { numberKey } from '../toolcall/canonicalCall.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.ts';
import { hasDoubles, isMember } from './enumSet.ts';
import { typeBits, type PlanNode } from './plan.ts';
import type { SafePattern } from './safePattern.ts';

/** How far schema and value are followed; deeper is a violation, not a crash. */
export const deepest = 128;
/** Work that one call may cost at most: schemas that refer to themselves can ask for any amount. */
export const mostSteps = 100_000;

/** `open`: another schema speaks of the same object, so members that this one does not declare are none of its business. */
export const open = 1;
/** The value is the arguments object itself. */
export const root = 2;
/** Undeclared members are taken at every level: under `not`, `if` and `contains`, strictness would turn into its opposite. */
export const lax = 4;

let steps = 0;

/** Whether arguments satisfy a plan. Makes nothing and stops at the first violation. */
export function isValid(plan: PlanNode, args: JsonValue): boolean {
  steps = 0;
  return fits(plan, args, 0, root);
}

/** The same below the arguments, for values that stand elsewhere; counts as one check with the ones before it. */
export function fits(node: PlanNode, value: JsonValue, depth: number, flags: number): boolean {
  if (node.types !== 0 && (node.types & bitsOf(value)) === 0) return false;
  if (node.isBare) return !node.refuses;
  steps += 1;
  if (depth > deepest || steps > mostSteps) return false;
  if (node.allowed !== undefined && !isMember(node.allowed, value)) return false;
  if (typeof value === 'string') {
    if (node.boundsStrings && !stringFits(node, value)) return false;
  } else if (typeof value === 'number') {
    if (node.boundsNumbers && !numberFits(node, value)) return false;
  } else if (typeof value === 'object' && value !== null) {
    if (value instanceof JsonNumber) {
      if (node.boundsNumbers && !numberFits(node, Number(value))) return false;
    } else if (Array.isArray(value)) {
      if (!arrayFits(node, value as readonly JsonValue[], depth, flags)) return false;
    } else if (isJsonObject(value) && !objectFits(node, value, depth, flags)) return false;
  }
  return !node.hasCombinations || combinationsFit(node, value, depth, flags);
}

/** Restarts the count of steps, for callers that use `fits`. */
export function startCounting(): void {
  steps = 0;
}

export function bitsOf(value: JsonValue): number {
  switch (typeof value) {
    case 'string':
      return typeBits.string;
    case 'number':
      return Number.isInteger(value) ? typeBits.number | typeBits.integer : typeBits.number;
    case 'boolean':
      return typeBits.boolean;
    default:
      if (value === null) return typeBits.null;
      if (Array.isArray(value)) return typeBits.array;
      if (!(value instanceof JsonNumber)) return typeBits.object;
      return /^-?\d/.test(numberKey(value)) ? typeBits.number | typeBits.integer : typeBits.number;
  }
}

/** Bounds compare as doubles. */
export function numberFits(node: PlanNode, value: number): boolean {
  return value >= node.minimum && value <= node.maximum && (node.above === -Infinity || value > node.above) && (node.below === Infinity || value < node.below) && isMultiple(value, node.step);
}

/** 0.3 is a multiple of 0.1, though not in doubles. */
export function isMultiple(value: number, step: number): boolean {
  if (step <= 0) return true;
  const times = value / step;
  return Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}

function stringFits(node: PlanNode, value: string): boolean {
  if ((node.leastLength > 0 || node.mostLength !== Infinity) && !isOfLength(value, node.leastLength, node.mostLength)) return false;
  if (node.pattern !== undefined && !mayMatch(node.pattern, value)) return false;
  return node.format === undefined || node.format(value);
}

/** Lengths count characters, not UTF-16 units. */
function isOfLength(text: string, least: number, most: number): boolean {
  if (text.length < least || text.length > 2 * most) return false;
  const length = characters(text);
  return length >= least && length <= most;
}

export function characters(text: string): number {
  let pairs = 0;
  for (let i = 1; i < text.length; i += 1) {
    if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00 || (text.charCodeAt(i - 1) & 0xfc00) !== 0xd800) continue;
    pairs += 1;
    i += 1;
  }
  return text.length - pairs;
}

/** A text that is too long for a pattern passes. */
export function mayMatch(pattern: SafePattern, text: string): boolean {
  return text.length > pattern.longestText || pattern.expression.test(text);
}

export function isClosed(node: PlanNode, flags: number): boolean {
  if (node.closing === 'always') return true;
  if (node.closing === 'never' || (flags & (open | lax)) !== 0) return false;
  return node.closing === 'alone' || (flags & root) !== 0;
}

function objectFits(node: PlanNode, value: JsonObject, depth: number, flags: number): boolean {
  for (const name of node.required) if (!Object.hasOwn(value, name)) return false;
  const closed = isClosed(node, flags);
  const inner = flags & lax;
  let count = 0;
  for (const name in value) {
    const member = value[name];
    if (member === undefined) continue;
    count += 1;
    const declared = node.properties?.get(name);
    if (declared !== undefined) {
      if (!fits(declared, member, depth + 1, inner)) return false;
      if (node.patterns === undefined) continue;
    }
    if (!othersFit(node, name, member, depth, inner, declared !== undefined, closed)) return false;
  }
  if (count < node.leastMembers || count > node.mostMembers) return false;
  if (node.propertyNames !== undefined) for (const name in value) if (!fits(node.propertyNames, name, depth + 1, inner)) return false;
  return dependenciesFit(node, value, depth, flags);
}

function othersFit(node: PlanNode, name: string, member: JsonValue, depth: number, inner: number, isDeclared: boolean, closed: boolean): boolean {
  let isKnown = isDeclared;
  if (node.patterns !== undefined) {
    for (const { pattern, node: part } of node.patterns) {
      if (pattern === undefined || name.length > pattern.longestText) isKnown = true;
      else if (pattern.expression.test(name)) {
        isKnown = true;
        if (!fits(part, member, depth + 1, inner)) return false;
      }
    }
  }
  if (isKnown) return true;
  return node.additional === undefined ? !closed : fits(node.additional, member, depth + 1, inner);
}

function dependenciesFit(node: PlanNode, value: JsonObject, depth: number, flags: number): boolean {
  if (node.dependentRequired !== undefined) {
    for (const [name, needed] of node.dependentRequired) if (Object.hasOwn(value, name) && !needed.every((other) => Object.hasOwn(value, other))) return false;
  }
  if (node.dependentSchemas !== undefined) {
    for (const [name, part] of node.dependentSchemas) if (Object.hasOwn(value, name) && !fits(part, value, depth + 1, flags | open)) return false;
  }
  return true;
}

function arrayFits(node: PlanNode, value: readonly JsonValue[], depth: number, flags: number): boolean {
  if (value.length < node.leastItems || value.length > node.mostItems) return false;
  const { prefix, items, contains } = node;
  const inner = flags & lax;
  if (items !== undefined || prefix.length > 0) {
    for (let i = 0; i < value.length; i += 1) {
      const own = i < prefix.length ? prefix[i] : items;
      if (own !== undefined && !fits(own, value[i] ?? null, depth + 1, inner)) return false;
    }
  }
  if (contains !== undefined) {
    let count = 0;
    for (const member of value) if (fits(contains, member, depth + 1, lax)) count += 1;
    if (count < node.leastContains || count > node.mostContains) return false;
  }
  return !node.unique || !hasDoubles(value);
}

function combinationsFit(node: PlanNode, value: JsonValue, depth: number, flags: number): boolean {
  const branch = branchFlags(node, flags);
  if (node.reference !== undefined && !fits(node.reference, value, depth + 1, branch)) return false;
  if (node.all !== undefined) {
    const shared = node.all.length > 1 ? branch | open : branch;
    for (const part of node.all) if (!fits(part, value, depth + 1, shared)) return false;
  }
  if (node.any !== undefined && !someFit(node.any, value, depth, branch)) return false;
  if (node.one !== undefined) {
    let count = 0;
    for (const part of node.one) if (fits(part, value, depth + 1, branch)) count += 1;
    if (count !== 1) return false;
  }
  if (node.not !== undefined && fits(node.not, value, depth + 1, flags | lax)) return false;
  if (node.condition === undefined) return true;
  const consequence = fits(node.condition, value, depth + 1, flags | lax) ? node.consequence : node.alternative;
  return consequence === undefined || fits(consequence, value, depth + 1, branch | open);
}

function someFit(parts: readonly PlanNode[], value: JsonValue, depth: number, flags: number): boolean {
  for (const part of parts) if (fits(part, value, depth + 1, flags)) return true;
  return false;
}

export function branchFlags(node: PlanNode, flags: number): number {
  return node.properties === undefined ? flags : flags | open;
}
