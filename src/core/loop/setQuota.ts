import type { ComposeSettings } from '../config/projectConfig.ts';
import type { Label, Sample } from '../dataset/sample.ts';

/** Whether the right answer calls nothing. */
export function isNoCall({ kind }: Label): boolean {
  return kind === 'text' || kind === 'noCall';
}

type Cap = 'noCall' | 'perTool';

/** What is left of the caps that hold for a whole set, whatever its rows stem from; `admits` counts the rows that it lets in. */
export class SetQuota {
  private readonly perTool = new Map<string, number>();
  private readonly turnedAway: Record<Cap, number> = { noCall: 0, perTool: 0 };
  private noCalls = 0;
  private readonly mostNoCalls: number;
  private readonly mostPerTool: number;

  constructor(caps: Pick<ComposeSettings['caps'], Cap>, size: number) {
    this.mostNoCalls = caps.noCall === undefined ? Infinity : Math.floor(caps.noCall * size);
    this.mostPerTool = caps.perTool === undefined ? Infinity : Math.floor(caps.perTool * size);
  }

  admits({ label }: Pick<Sample, 'label'>): boolean {
    const tools = label.kind === 'calls' ? [...new Set(label.calls.map(({ name }) => name))] : [];
    if (isNoCall(label) && this.noCalls >= this.mostNoCalls) return this.turnAway('noCall');
    if (tools.some((name) => (this.perTool.get(name) ?? 0) >= this.mostPerTool)) return this.turnAway('perTool');
    if (isNoCall(label)) this.noCalls++;
    for (const name of tools) this.perTool.set(name, (this.perTool.get(name) ?? 0) + 1);
    return true;
  }

  private turnAway(cap: Cap): boolean {
    this.turnedAway[cap]++;
    return false;
  }

  /** The first `room` of the rows that the caps let in, in their order, and what was turned away on the way, in words. */
  take<T extends Pick<Sample, 'label'>>(rows: readonly T[], room: number, name: string, notes: string[]): readonly T[] {
    const before = { ...this.turnedAway };
    const taken: T[] = [];
    for (const row of rows) {
      if (taken.length >= room) break;
      if (this.admits(row)) taken.push(row);
    }
    for (const cap of ['noCall', 'perTool'] as const) {
      const count = this.turnedAway[cap] - before[cap];
      if (count > 0) notes.push(`${count} ${name} passed over: the set has as many ${cap === 'noCall' ? 'samples without a call' : 'samples that call their tool'} as its cap allows`);
    }
    return taken;
  }
}
