import type { QueueItem } from '../../core/review/queue/queueItem.ts';

/** Queue items as short rows of JSON: what many of them say is written once, in `texts`. */

export type SavedItem = readonly (string | number | null | readonly number[])[];

export class ItemWriter {
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  #given = 0;

  row(item: QueueItem): SavedItem {
    const text = (value: string | undefined): number | null => (value === undefined ? null : this.#number(value));
    const list = (values: readonly string[]): readonly number[] => values.map((value) => this.#number(value));
    const { sampleId, labelHash, predictionHash, family, origin, file, record, outcome, ppl, tools, kinds, shape, rules, verdict, judge, promptVersion, votes, agreeing, weight, text: searched } = item;
    return [sampleId, labelHash, predictionHash ?? null, family, text(origin), text(file), record ?? null, text(outcome), ppl ?? null, list(tools), list(kinds), text(shape), list(rules), text(verdict), text(judge), text(promptVersion), votes, agreeing, weight, searched];
  }

  /** The texts that came since this was last called: they stand before the rows that name them. */
  newTexts(): readonly string[] {
    const added = this.#texts.slice(this.#given);
    this.#given = this.#texts.length;
    return added;
  }

  #number(value: string): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.#texts.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}

export class ItemReader {
  readonly #texts: string[] = [];
  readonly #lists = new Map<string, readonly string[]>();

  addTexts(texts: readonly string[]): void {
    for (const text of texts) this.#texts.push(text);
  }

  /** Rows are our own: they are trusted as far as the file's head vouches for them. */
  item(row: SavedItem): QueueItem {
    const [sampleId, labelHash, predictionHash, family, origin, file, record, outcome, ppl, tools, kinds, shape, rules, verdict, judge, promptVersion, votes, agreeing, weight, text] = row;
    return {
      sampleId, labelHash, predictionHash: predictionHash ?? undefined, family,
      origin: this.#text(origin), file: this.#text(file), record: record ?? undefined, outcome: this.#text(outcome), ppl: ppl ?? undefined,
      tools: this.#list(tools), kinds: this.#list(kinds), shape: this.#text(shape), rules: this.#list(rules),
      verdict: this.#text(verdict), judge: this.#text(judge), promptVersion: this.#text(promptVersion), votes, agreeing, weight, text,
    } as QueueItem;
  }

  #text(number: SavedItem[number] | undefined): string | undefined {
    return typeof number === 'number' ? this.#texts[number] : undefined;
  }

  #list(numbers: SavedItem[number] | undefined): readonly string[] {
    const key = String(numbers);
    let list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, (list = Array.isArray(numbers) ? (numbers as readonly number[]).map((number) => this.#texts[number] ?? '') : []));
    return list;
  }
}
