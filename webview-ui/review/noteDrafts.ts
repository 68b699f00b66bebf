import type { ReviewItem } from '../../src/protocol/review/item.ts';

interface Memory {
  remember(state: object): void;
  remembered(): unknown;
}

const MOST = 50;

/** Notes that are being typed, by sample: kept over pushes, other samples and a hidden panel until they are stored. */
export class NoteDrafts {
  private readonly drafts: Map<string, string>;

  constructor(private readonly memory: Memory) {
    this.drafts = new Map(remembered(memory.remembered()));
  }

  /** What the field shows: the draft, else the note of the decision in force. */
  of(item: ReviewItem): string {
    return this.drafts.get(item.sampleId) ?? item.decisions.find((d) => d.inForce)?.note ?? '';
  }

  isDraft(item: ReviewItem): boolean {
    return this.drafts.has(item.sampleId);
  }

  type(sampleId: string, text: string): void {
    this.drafts.delete(sampleId);
    this.drafts.set(sampleId, text);
    for (const oldest of this.drafts.keys()) {
      if (this.drafts.size <= MOST) break;
      this.drafts.delete(oldest);
    }
    this.keep();
  }

  drop(sampleId: string): void {
    if (this.drafts.delete(sampleId)) this.keep();
  }

  private keep(): void {
    this.memory.remember({ notes: [...this.drafts] });
  }
}

/** The state is our own of an earlier load, or nothing that we know. */
function remembered(state: unknown): [string, string][] {
  if (typeof state !== 'object' || state === null || !('notes' in state) || !Array.isArray(state.notes)) return [];
  return state.notes.filter((n): n is [string, string] => Array.isArray(n) && typeof n[0] === 'string' && typeof n[1] === 'string').slice(-MOST);
}
