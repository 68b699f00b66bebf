import { textMember } from '../../json/member.ts';
import type { JsonValue } from '../../json/value.ts';
import type { CompanionFile, Companions } from '../companions.ts';
import type { CompanionRole } from '../dialect.ts';

/** A record of a companion file. `record` is 0-based and counts unreadable ones too. */
export type CompanionRecord = { readonly file: CompanionFile; readonly record: number; readonly value: JsonValue };

type Index = Map<string, CompanionRecord>;

const indexes = new WeakMap<Companions, Map<string, Index>>();

/** The first record of the role's files that has `id` under `key`. All files are indexed once for each `Companions`. */
export function companionRecord(companions: Companions, role: CompanionRole, key: string, id: string): CompanionRecord | undefined {
  return indexOf(companions, role, key).get(id);
}

function indexOf(companions: Companions, role: CompanionRole, key: string): Index {
  let byKey = indexes.get(companions);
  if (byKey === undefined) indexes.set(companions, (byKey = new Map<string, Index>()));
  const name = `${role} ${key}`;
  let index = byKey.get(name);
  if (index === undefined) byKey.set(name, (index = makeIndex(companions[role], key)));
  return index;
}

function makeIndex(files: readonly CompanionFile[], key: string): Index {
  const index: Index = new Map<string, CompanionRecord>();
  for (const file of files) {
    for (const [record, value] of file.records.entries()) {
      const id = textMember(value, key);
      if (id !== undefined && !index.has(id)) index.set(id, { file, record, value });
    }
  }
  return index;
}
