import type { Message, Sample } from '../dataset/sample.ts';

/**
 * What was said to the assistant, without regard to case, spacing and Unicode form: the texts of user and tool messages.
 * Tools do not count: the same words with fewer tools shown would still be a near copy, and a leak from a held-out set.
 */
export function requestText(messages: readonly Message[]): string {
  const said = messages.filter(({ role }) => role === 'user' || role === 'tool').map(({ content }) => content);
  return said.map((text) => text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()).join('\n');
}

export type Duplicate = { readonly of: string; readonly by: 'id' | 'text' };

/** Samples that a new one must not repeat. */
export class DuplicateIndex {
  private readonly ids = new Set<string>();
  private readonly texts = new Map<string, string>();

  constructor(samples: Iterable<Pick<Sample, 'id' | 'messages'>> = []) {
    for (const sample of samples) this.add(sample);
  }

  add(sample: Pick<Sample, 'id' | 'messages'>): void {
    this.ids.add(sample.id);
    const text = requestText(sample.messages);
    if (!this.texts.has(text)) this.texts.set(text, sample.id);
  }

  find(sample: Pick<Sample, 'id' | 'messages'>): Duplicate | undefined {
    if (this.ids.has(sample.id)) return { of: sample.id, by: 'id' };
    const of = this.texts.get(requestText(sample.messages));
    return of === undefined ? undefined : { of, by: 'text' };
  }
}
