/**
 * Text of an answer as its bytes arrive: characters that are spread over tokens wait for their last byte, and what may
 * be the beginning of a stop text waits until it is known not to be. Text from a stop text on is dropped.
 */
export class TokenText {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private held = '';
  private stopped = false;

  /** Empty stop texts stop nothing. */
  constructor(private readonly stop: readonly string[]) {}

  /** The text that is certain now. */
  push(bytes: Uint8Array): string {
    return this.take(this.decoder.decode(bytes, { stream: true }));
  }

  /** What was still held back; an unfinished character becomes U+FFFD. */
  end(): string {
    const text = this.take(this.decoder.decode());
    const rest = this.held;
    this.held = '';
    return text + rest;
  }

  private take(text: string): string {
    if (this.stopped) return '';
    this.held += text;
    const found = this.stop.map((one) => (one === '' ? -1 : this.held.indexOf(one))).filter((at) => at >= 0);
    const safe = found.length > 0 ? Math.min(...found) : this.held.length - this.pendingLength();
    const certain = this.held.slice(0, safe);
    this.stopped = found.length > 0;
    this.held = this.stopped ? '' : this.held.slice(safe);
    return certain;
  }

  /** Length of the longest end of the held text with which a stop text begins. */
  private pendingLength(): number {
    let longest = 0;
    for (const one of this.stop) {
      for (let n = Math.min(one.length - 1, this.held.length); n > longest; n--) {
        if (this.held.endsWith(one.slice(0, n))) longest = n;
      }
    }
    return longest;
  }
}
