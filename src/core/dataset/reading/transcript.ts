/** A turn of a conversation that is written as one text. `from` and `to` are its content's range in the text. */
export type TranscriptTurn = { readonly speaker: string; readonly content: string; readonly from: number; readonly to: number };

/**
 * Cuts a text at the lines that begin with a speaker's name and a colon (`user: …`, also the full-width one). What stands
 * before the first of them belongs to `first`. Blanks around a turn are no part of it.
 */
export function readTranscript(text: string, speakers: ReadonlySet<string>, first: string): readonly TranscriptTurn[] {
  const turns: TranscriptTurn[] = [];
  const add = (speaker: string, start: number, end: number): void => {
    const whole = text.slice(start, end);
    const content = whole.trim();
    const from = content === '' ? start : start + whole.indexOf(content);
    turns.push({ speaker, content, from, to: from + content.length });
  };
  let speaker: string | undefined;
  let start = 0;
  for (const match of text.matchAll(/(?:^|\n)[ \t]*([a-z]{1,12})[ \t]*[:：]/gi)) {
    const name = (match[1] ?? '').toLowerCase();
    if (!speakers.has(name)) continue;
    if (speaker !== undefined || text.slice(0, match.index).trim() !== '') add(speaker ?? first, start, match.index);
    speaker = name;
    start = match.index + match[0].length;
  }
  if (speaker !== undefined || text.trim() !== '') add(speaker ?? first, start, text.length);
  return turns;
}
