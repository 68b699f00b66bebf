import type { QueueItem } from '../../core/review/queue/queueItem.ts';

/** Many items say the same: each text is held once. */
export class SharedTexts {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly string[]>();

  shared(item: QueueItem): QueueItem {
    return {
      ...item,
      file: this.#text(item.file),
      judge: this.#text(item.judge),
      promptVersion: this.#text(item.promptVersion),
      shape: this.#text(item.shape),
      tools: this.#list(item.tools),
      kinds: this.#list(item.kinds) as QueueItem['kinds'],
      rules: this.#list(item.rules),
    };
  }

  #text<T extends string | undefined>(text: T): T {
    if (text === undefined) return text;
    const held = this.#texts.get(text);
    if (held === undefined) this.#texts.set(text, text);
    return (held ?? text) as T;
  }

  #list(list: readonly string[]): readonly string[] {
    const key = list.join('\u0000');
    const held = this.#lists.get(key);
    if (held === undefined) this.#lists.set(key, list);
    return held ?? list;
  }
}
