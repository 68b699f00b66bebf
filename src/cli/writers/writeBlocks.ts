const blockLength = 1 << 16;

/** Writes many small pieces of text in few blocks: a text of all of them might be too long for the memory, and a write for each too slow. */
export function writeBlocks(out: { write(text: string): unknown }, pieces: Iterable<string>): void {
  let waiting: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < blockLength) continue;
    out.write(waiting.join(''));
    waiting = [];
    length = 0;
  }
  if (length > 0) out.write(waiting.join(''));
}
