/** Makes an entry of a line without parsing all of it; undefined for a line that has to be. `end` is the offset behind its newline. */
export type BriefLine<T> = (line: Buffer, place: { readonly path: string; readonly end: number }) => T | undefined;
