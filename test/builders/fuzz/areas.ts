import type { FuzzArea } from './fuzzArea.ts';
import { comparer } from './areas/comparer.ts';
import { convert } from './areas/convert.ts';
import { edits } from './areas/edits.ts';
import { extractor, python } from './areas/extractor.ts';
import { json } from './areas/json.ts';
import { readers } from './areas/readers.ts';
import { rules } from './areas/rules.ts';
import { schema } from './areas/schema.ts';
import { splitter } from './areas/splitter.ts';

export const areas: readonly FuzzArea[] = [readers, extractor, python, comparer, schema, rules, edits, json, splitter, convert];
