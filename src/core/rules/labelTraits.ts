import type { Label } from '../dataset/sample.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.ts';

/** What kinds of values the calls of a label have, found in one pass: most rules have nothing to do with most labels. */
export type LabelTraits = {
  /** Every text and number stands in the conversation as it is. */
  readonly allSaid: boolean;
  readonly hasNumbers: boolean;
  readonly hasFlags: boolean;
  readonly hasNulls: boolean;
  readonly hasTexts: boolean;
  /** A text that begins with a quotation mark. */
  readonly hasQuoted: boolean;
  /** A short text that may be a date. */
  readonly hasDates: boolean;
};

const nothing: LabelTraits = { allSaid: true, hasNumbers: false, hasFlags: false, hasNulls: false, hasTexts: false, hasQuoted: false, hasDates: false };

export function labelTraits(label: Label, text: () => string): LabelTraits {
  if (label.kind !== 'calls') return nothing;
  if (label.possible !== undefined) {
    // Any of the possible answers may have it; whether they are said gets the closer look.
    const scan = new Scan('');
    scan.allSaid = false;
    for (const call of label.possible) scan.object(call.arguments, 0);
    return scan;
  }
  const scan = new Scan(text());
  for (const call of label.calls) scan.object(call.arguments, 0);
  return scan;
}

const deepest = 16;
const mayBeDate = /\d[-/.]\d|\d[a-z ]* [A-Za-z]{3}|[A-Za-z]{3}\.? ?\d/;

class Scan implements LabelTraits {
  allSaid = true;
  hasNumbers = false;
  hasFlags = false;
  hasNulls = false;
  hasTexts = false;
  hasQuoted = false;
  hasDates = false;

  constructor(private readonly text: string) {}

  object(object: JsonObject, depth: number): void {
    for (const name in object) if (Object.hasOwn(object, name)) this.value(object[name] ?? null, depth + 1);
  }

  private value(value: JsonValue, depth: number): void {
    if (typeof value === 'string') this.string(value);
    else if (typeof value === 'number' || value instanceof JsonNumber) {
      this.hasNumbers = true;
      if (this.allSaid && !(typeof value === 'number' && this.text.includes(String(value)))) this.allSaid = false;
    } else if (typeof value === 'boolean') this.hasFlags = true;
    else if (value === null) this.hasNulls = true;
    else if (depth > deepest) this.allSaid = false;
    else if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) this.value(item, depth + 1);
    else if (isJsonObject(value)) this.object(value, depth);
  }

  private string(value: string): void {
    this.hasTexts = true;
    const first = value.charCodeAt(0);
    if (first === 0x27 || first === 0x22 || first === 0x60 || first === 0x201c) this.hasQuoted = true;
    if (!this.hasDates && value.length <= 40 && mayBeDate.test(value)) this.hasDates = true;
    if (this.allSaid && !this.text.includes(value)) this.allSaid = false;
  }
}
