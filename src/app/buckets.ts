import type { LinePlace } from './followedBytes.ts';

/** A group of samples of a stage: by outcome, verdict, gate, origin or held-out set. `id` is a path of segments joined by `/`. */
export type BucketView = {
  readonly id: string;
  readonly key: string;
  readonly count: number;
  readonly children: readonly BucketView[];
  /** What there is to say of all of it: the reason that a gate gave most often. */
  readonly detail?: string | undefined;
};

/** One sample as a bucket holds it, before its text is looked up. */
export type BucketMember = { readonly sampleId: string; readonly detail: string; readonly entry: LinePlace | undefined; readonly reviewable: boolean; readonly title?: string };
export type Bucket = { readonly key: string; readonly members: readonly BucketMember[]; readonly children?: readonly Bucket[]; readonly detail?: string };

/** A bucket without its members. */
export function bucketView(bucket: Bucket, prefix: string): BucketView {
  const id = prefix === '' ? bucket.key : `${prefix}/${bucket.key}`;
  return { id, key: bucket.key, count: bucket.members.length, children: (bucket.children ?? []).map((child) => bucketView(child, id)), ...(bucket.detail === undefined ? {} : { detail: bucket.detail }) };
}

/** Finds a bucket by the segments of its id. */
export function findBucket(buckets: readonly Bucket[], path: readonly string[]): Bucket | undefined {
  const [key, ...rest] = path;
  const found = buckets.find((b) => b.key === key);
  return rest.length === 0 || !found ? found : findBucket(found.children ?? [], rest);
}

/** Groups in the order given; empty ones are left out. */
export function grouped<T>(items: Iterable<T>, keys: readonly string[], keyOf: (item: T) => string, member: (item: T) => BucketMember): readonly Bucket[] {
  const groups = new Map<string, BucketMember[]>(keys.map((key) => [key, []]));
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(member(item));
    else groups.set(keyOf(item), [member(item)]);
  }
  return [...groups].filter(([, members]) => members.length > 0).map(([key, members]) => ({ key, members }));
}
