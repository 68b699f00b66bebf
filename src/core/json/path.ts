/**
 * One step from a record to a part of it:
 * - a string leads to the value of a member (the last one of a doubled key), a number to an item;
 * - `key` is the key of a member itself, quotes included: the last step of a path;
 * - `json` is the JSON value that starts at this offset of a string's decoded text;
 * - `call` is the call with this index that the extraction finds in a string's decoded text (whatever its syntax): an object
 *   with the members `name` and `arguments`;
 * - `from`, `to` is a range of a string's decoded text (UTF-16, `to` exclusive): the last step of a path.
 */
export type PathStep = string | number | { readonly key: string } | { readonly json: number } | { readonly call: number } | { readonly from: number; readonly to: number };

/** Leads from a record to a part of it, through JSON inside of strings too. */
export type SourcePath = readonly PathStep[];
