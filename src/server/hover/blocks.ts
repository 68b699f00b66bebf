const mostBytes = 100_000;

/** Blocks of Markdown as one text of at most 100 KB; what does not fit is counted, so that no fence is left open. */
export function joinBlocks(blocks: readonly string[]): string {
  const taken: string[] = [];
  let bytes = 0;
  for (const block of blocks) {
    bytes += Buffer.byteLength(block) + 2;
    if (bytes > mostBytes - 100) break;
    taken.push(block);
  }
  const left = blocks.length - taken.length;
  return [...taken, ...(left === 0 ? [] : [`… ${left} more parts`])].join('\n\n');
}
