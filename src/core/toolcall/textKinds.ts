import type { TextKinds } from '../config/projectConfig.ts';
import type { TextKind } from '../dataset/sample.ts';
import { LoopToolError } from '../errors.ts';

export type CompiledTextKinds = {
  readonly ask: readonly RegExp[];
  readonly decline: readonly RegExp[];
};

/** No patterns: every text match stays unverified. */
export const noTextKinds: CompiledTextKinds = { ask: [], decline: [] };

/** Compiles the patterns of `looptool.json`, flag `u`. Throws `config-invalid` for one that is not a regular expression. */
export function compileTextKinds(config: TextKinds): CompiledTextKinds {
  return { ask: config.ask.map((pattern) => compile('ask', pattern)), decline: config.decline.map((pattern) => compile('decline', pattern)) };
}

function compile(kind: string, pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (cause) {
    throw new LoopToolError('config-invalid', `textKinds.${kind} in looptool.json holds ${JSON.stringify(pattern)}, which is not a regular expression. Correct or remove it.`, { cause });
  }
}

/** Patterns see no more than this of an answer: a runaway answer must not run away with the matcher. */
const longestClassified = 10_000;

/** The kind of an answer without calls by the project's patterns, ask before decline; undefined when none of them fits. */
export function classifyText(text: string, kinds: CompiledTextKinds): TextKind | undefined {
  if (kinds.ask.length === 0 && kinds.decline.length === 0) return undefined;
  const seen = text.slice(0, longestClassified).normalize('NFC');
  for (const pattern of kinds.ask) {
    const match = pattern.exec(seen);
    if (match === null) continue;
    const argument = match.groups?.['argument']?.trim();
    return argument === undefined || argument === '' ? { kind: 'ask' } : { kind: 'ask', argument };
  }
  return kinds.decline.some((pattern) => pattern.test(seen)) ? { kind: 'decline' } : undefined;
}

export type TextMatch = 'same' | 'different' | 'unknown';

/**
 * Whether two text answers do the same thing. `unknown` where the label's kind cannot be told, or is a plain answer, whose
 * content no pattern decides. An ask that names its argument is met only by one that names the same.
 */
export function matchTextKinds(label: TextKind | undefined, prediction: TextKind | undefined, kinds: CompiledTextKinds): TextMatch {
  if (label === undefined || (kinds.ask.length === 0 && kinds.decline.length === 0)) return 'unknown';
  if (label.kind === 'answer') return prediction === undefined || prediction.kind === 'answer' ? 'unknown' : 'different';
  if (prediction?.kind !== label.kind) return 'different';
  if (label.kind === 'ask' && prediction.kind === 'ask' && label.argument !== undefined) {
    return prediction.argument !== undefined && argumentKey(label.argument) === argumentKey(prediction.argument) ? 'same' : 'different';
  }
  return 'same';
}

/** `departure_city`, `Departure city` and `departure-city` are one argument when spoken of in prose. */
function argumentKey(name: string): string {
  return name.normalize('NFC').toLowerCase().replaceAll(/[\s_-]+/gu, ' ').trim();
}
