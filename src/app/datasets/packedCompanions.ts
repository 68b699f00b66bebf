import type { CompanionFile, Companions } from '../../core/dataset/companions.ts';
import type { CompanionRole } from '../../core/dataset/dialect.ts';
import { parseJson } from '../../core/json/parse.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import { isJsonArray } from '../../core/json/member.ts';

/** A companion file as plain data, for threads: numbers keep their literals only as text. */
export type PackedCompanion = { readonly role: CompanionRole; readonly stem: string; readonly path: string; readonly json: string };

const roles: readonly CompanionRole[] = ['answers', 'tools'];

export function packCompanions(companions: Companions): readonly PackedCompanion[] {
  return roles.flatMap((role) => companions[role].map(({ stem, path, records }) => ({ role, stem, path, json: stringifyJson(records) })));
}

export function unpackCompanions(packed: readonly PackedCompanion[]): Companions {
  const ofRole = (wanted: CompanionRole): readonly CompanionFile[] => packed.filter(({ role }) => role === wanted).map(unpack);
  return { answers: ofRole('answers'), tools: ofRole('tools') };
}

function unpack({ stem, path, json }: PackedCompanion): CompanionFile {
  const parsed = parseJson(json);
  return { stem, path, records: parsed.ok && isJsonArray(parsed.value) ? parsed.value : [] };
}
