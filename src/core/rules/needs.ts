import type { SampleContext } from './sampleContext.ts';

/** What a sample can have that some rules have nothing to do without. */
const bits = {
  /** The label calls tools. */
  calls: 1,
  /** Calls that break the definitions of their tools. */
  violations: 2,
  /** Arguments of which no acceptable value stands in the conversation as it is. */
  unsaid: 4,
  /** Possible answers. */
  possible: 8,
  /** Values of calls: see `LabelTraits`. */
  numbers: 16,
  flags: 32,
  nulls: 64,
  texts: 128,
  quoted: 256,
  dates: 512,
  /** Tools that are called: see `ToolTraits`. */
  formats: 1024,
  units: 2048,
  defaultFlags: 4096,
  openTypes: 8192,
  clashes: 16384,
  routes: 32768,
} as const;

export type Need = keyof typeof bits;

/** Needs as one number, for `metNeeds`. */
export function needBits(needs: readonly Need[]): number {
  return needs.reduce((sum, need) => sum | bits[need], 0);
}

/** All that a sample has. */
export function metNeeds(context: SampleContext): number {
  const { label } = context.sample;
  if (label.kind !== 'calls') return 0;
  const { traits, called } = context;
  let met: number = bits.calls;
  if (context.violations.length > 0) met |= bits.violations;
  if (context.unsaid.length > 0) met |= bits.unsaid;
  if (label.possible !== undefined) met |= bits.possible;
  if (traits.hasNumbers) met |= bits.numbers;
  if (traits.hasFlags) met |= bits.flags;
  if (traits.hasNulls) met |= bits.nulls;
  if (traits.hasTexts) met |= bits.texts;
  if (traits.hasQuoted) met |= bits.quoted;
  if (traits.hasDates) met |= bits.dates;
  if (called.hasFormats) met |= bits.formats;
  if (called.hasUnits) met |= bits.units;
  if (called.hasFlags) met |= bits.defaultFlags;
  if (called.hasOpenTypes) met |= bits.openTypes;
  if (called.hasClashes) met |= bits.clashes;
  if (called.hasRoutes) met |= bits.routes;
  return met;
}
