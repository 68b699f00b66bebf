import type { Sample } from '../dataset/sample.ts';
import { likeness, signatureOf } from '../rules/minHash.ts';

/** The sample of the same words, and the share of word triples in common, as far as MinHash tells. */
export type NearDuplicate = { readonly of: string; readonly likeness: number };

type Signed = { readonly id: string; readonly signature: string };

const bandWidth = 4;
const unsetBand = '\uffff'.repeat(bandWidth);

/** Samples by the bands of their MinHash signatures: alike ones agree in one band at least, nearly always. Samples of few words are in none. */
export class NearDuplicates {
  private readonly bands = new Map<string, Signed[]>();

  constructor(private readonly threshold: number) {}

  add(sample: Sample): void {
    const signature = signatureOf(sample);
    if (signature === undefined) return;
    for (const band of bandsOf(signature)) {
      const held = this.bands.get(band);
      if (held === undefined) this.bands.set(band, [{ id: sample.id, signature }]);
      else held.push({ id: sample.id, signature });
    }
  }

  /** All samples at least as alike as the threshold, and how alike. */
  alike(sample: Sample): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    const signature = this.bands.size === 0 ? undefined : signatureOf(sample);
    if (signature === undefined) return found;
    for (const band of bandsOf(signature)) {
      for (const one of this.bands.get(band) ?? []) {
        if (one.id === sample.id || found.has(one.id)) continue;
        const share = likeness(signature, one.signature);
        if (share >= this.threshold) found.set(one.id, share);
      }
    }
    return found;
  }

  nearest(sample: Sample): NearDuplicate | undefined {
    let best: NearDuplicate | undefined;
    for (const [of, share] of this.alike(sample)) if (best === undefined || share > best.likeness || (share === best.likeness && of < best.of)) best = { of, likeness: share };
    return best;
  }
}

/** With their places: the same four values mean nothing in another band. */
function bandsOf(signature: string): readonly string[] {
  const bands: string[] = [];
  for (let at = 0; at < signature.length; at += bandWidth) {
    const band = signature.slice(at, at + bandWidth);
    if (band !== unsetBand) bands.push(`${at}${band}`);
  }
  return bands;
}

/**
 * By candidate id, the known sample most like it. The candidates are kept and the known samples pass by, since there may be
 * a million of the latter.
 */
export function nearestKnown(candidates: readonly Sample[], known: Iterable<Sample>, threshold: number): ReadonlyMap<string, NearDuplicate> {
  const index = new NearDuplicates(threshold);
  for (const candidate of candidates) index.add(candidate);
  const best = new Map<string, NearDuplicate>();
  for (const sample of known) {
    for (const [id, share] of index.alike(sample)) {
      const held = best.get(id);
      if (held === undefined || share > held.likeness || (share === held.likeness && sample.id < held.of)) best.set(id, { of: sample.id, likeness: share });
    }
  }
  return best;
}
