import type { CompanionLayout } from './dialect.ts';

/**
 * Where a companion file may lie, relative to the dataset's folder with `/` between parts (`..` leads out of it). With `any`,
 * all files of `folder` with that extension (`.json`, `.jsonl`); `folder` is empty for the dataset's own.
 */
export type CompanionCandidate = { readonly folder: string; readonly file: string } | { readonly folder: string; readonly any: string };

/**
 * The places of a layout for one dataset file, in the order in which they are tried: the first that exists counts.
 * `{name}` is the file's name, `{stem}` the same without its extension, `{stem-X}` the stem without `X` at its end (and the
 * path is none of those where it does not end so).
 */
export function companionCandidates(datasetName: string, layout: CompanionLayout): readonly CompanionCandidate[] {
  const stem = stemOf(datasetName);
  return layout.paths.flatMap((pattern): readonly CompanionCandidate[] => {
    let fits = true;
    const path = pattern.replace(/\{(name|stem)(?:-([^}]*))?\}/g, (_all, kind: string, cut: string | undefined) => {
      const value = kind === 'name' ? datasetName : stem;
      if (cut === undefined) return value;
      if (!value.endsWith(cut)) fits = false;
      return value.slice(0, value.length - cut.length);
    });
    if (!fits) return [];
    const slash = path.lastIndexOf('/');
    const folder = slash < 0 ? '' : path.slice(0, slash);
    const file = path.slice(slash + 1);
    return [file.startsWith('*.') ? { folder, any: file.slice(1) } : { folder, file }];
  });
}

/** A file's name without its folder and its extension. */
export function stemOf(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}
