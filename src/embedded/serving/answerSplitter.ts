import type { ToolCall } from '../../core/dataset/sample.ts';
import { parseJson } from '../../core/json/parse.ts';
import { readCall } from '../../core/toolcall/callValue.ts';

const OPEN = '<tool_call>';
const CLOSE = '</tool_call>';

export type AnswerPart = { readonly kind: 'content'; readonly text: string } | { readonly kind: 'call'; readonly call: ToolCall };

/**
 * Tells calls from text while an answer grows. A call is told when its closing tag has come and what stands between the
 * tags is a call; whatever is not one stays content, tags and all. White space that only sets calls apart is dropped; text before and after them is joined by a line break.
 */
export class AnswerSplitter {
  private held = '';
  private calls = 0;
  /** White space at the end of the content so far: dropped when a call follows, or the end after one. */
  private blank = '';
  /** Nothing but white space since the last call. */
  private betweenCalls = false;
  private spoke = false;

  push(text: string): AnswerPart[] {
    this.held += text;
    return [...this.parts(false)];
  }

  end(): AnswerPart[] {
    return [...this.parts(true)];
  }

  private *parts(ended: boolean): Generator<AnswerPart> {
    for (;;) {
      const open = this.held.indexOf(OPEN);
      if (open === -1) {
        const certain = ended ? this.held.length : this.held.length - pendingTag(this.held);
        yield* this.content(this.held.slice(0, certain));
        this.held = this.held.slice(certain);
        if (ended && this.calls === 0 && this.blank !== '') yield { kind: 'content', text: this.blank };
        return;
      }
      yield* this.content(this.held.slice(0, open));
      this.held = this.held.slice(open);
      const found = firstCall(this.held);
      if (found) {
        this.calls++;
        this.blank = '';
        this.betweenCalls = true;
        yield { kind: 'call', call: found.call };
        this.held = this.held.slice(found.end);
      } else if (ended) {
        yield* this.content(OPEN);
        this.held = this.held.slice(OPEN.length);
      } else return;
    }
  }

  private *content(text: string): Generator<AnswerPart> {
    const all = this.betweenCalls ? text.trimStart() : this.blank + text;
    const shown = all.trimEnd();
    this.blank = all.slice(shown.length);
    if (shown === '') return;
    yield { kind: 'content', text: this.betweenCalls && this.spoke ? `\n${shown}` : shown };
    this.betweenCalls = false;
    this.spoke = true;
  }
}

/** The call that begins the text: a closing tag inside a JSON string is not its end, so later ones are tried too. */
function firstCall(text: string): { readonly call: ToolCall; readonly end: number } | undefined {
  for (let close = text.indexOf(CLOSE); close !== -1; close = text.indexOf(CLOSE, close + 1)) {
    const call = callIn(text.slice(OPEN.length, close));
    if (call) return { call, end: close + CLOSE.length };
  }
  return undefined;
}

function callIn(body: string): ToolCall | undefined {
  const parsed = parseJson(body);
  const read = parsed.ok ? readCall(parsed.value) : undefined;
  return read?.ok ? read.call : undefined;
}

/** Length of the longest end of the text that may become an opening tag. */
function pendingTag(text: string): number {
  for (let n = Math.min(OPEN.length - 1, text.length); n > 0; n--) if (text.endsWith(OPEN.slice(0, n))) return n;
  return 0;
}
