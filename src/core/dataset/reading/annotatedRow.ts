import { parseJson } from '../../json/parse.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { noCompanions } from '../companions.ts';
import type { Dialect } from '../dialect.ts';
import { sampleId } from '../identity.ts';
import type { Sample } from '../sample.ts';
import { asJson, extrasKey } from './recordExtras.ts';

/**
 * The row with extras that say what it cannot, so that it reads back as the same id, label hash and family. `known` are
 * extras that the writer itself has.
 */
export function annotatedRow(row: JsonObject, sample: Sample, read: Dialect['read'], known: JsonObject = {}): JsonObject {
  const own = readBack(withExtras(row, known), read);
  const extras: { [key: string]: JsonValue } = { ...known };
  if (own === undefined || own.family !== sample.family || own.id !== sample.id) extras['family'] = sample.family;
  if (own !== undefined && own.id !== sample.id) {
    extras['context'] = own.id;
    if (sampleId(own.tools, sample.messages) === sample.id) extras['messages'] = asJson(sample.messages);
    else if (sampleId(sample.tools, own.messages) === sample.id) extras['tools'] = asJson(sample.tools);
    else Object.assign(extras, { tools: asJson(sample.tools), messages: asJson(sample.messages) });
  }
  if (own?.labelHash !== sample.labelHash) extras['label'] = asJson(sample.label);
  return withExtras(row, extras);
}

/** The last sample of a row, read from its text. */
export function readBack(row: JsonObject, read: Dialect['read']): Sample | undefined {
  const parsed = parseJson(stringifySpaced(row));
  return parsed.ok ? read(parsed.value, { steps: 'all', companions: noCompanions }).samples.at(-1)?.sample : undefined;
}

function withExtras(row: JsonObject, extras: JsonObject): JsonObject {
  return Object.keys(extras).length === 0 ? row : { ...row, [extrasKey]: extras };
}
