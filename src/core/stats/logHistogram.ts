/** Counts by bucket: a histogram as plain data. */
export type Buckets = ReadonlyMap<number, number>;

const exactBelow = 128;
const growth = 1.02;
const logGrowth = Math.log(growth);

/**
 * A histogram of whole numbers from 0: exact below 128, beyond that in buckets that grow by 2 %, so that a quantile is off by
 * 1 % at most. Its size does not grow with the numbers counted, and histograms of parts add up to that of the whole.
 */
export class LogHistogram {
  readonly buckets = new Map<number, number>();
  count = 0;
  private sum = 0;

  add(value: number): void {
    const bucket = value < exactBelow ? value : exactBelow + Math.floor(Math.log(value / exactBelow) / logGrowth);
    this.addBucket(bucket, 1);
  }

  merge(buckets: Buckets): void {
    for (const [bucket, count] of buckets) this.addBucket(bucket, count);
  }

  /** The smallest number that at least the share `q` of all does not exceed; 0 of none. */
  quantile(q: number): number {
    let left = Math.max(1, Math.ceil(q * this.count));
    let last = 0;
    for (const [bucket, count] of [...this.buckets].sort(([a], [b]) => a - b)) {
      last = bucket;
      left -= count;
      if (left <= 0) break;
    }
    return valueOf(last);
  }

  /** As exact as the buckets. */
  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  private addBucket(bucket: number, count: number): void {
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + count);
    this.count += count;
    this.sum += valueOf(bucket) * count;
  }
}

/** The middle of a bucket. */
function valueOf(bucket: number): number {
  return bucket < exactBelow ? bucket : Math.round(exactBelow * growth ** (bucket - exactBelow + 0.5));
}
