const lookAtMost = 4096;

/**
 * Whether the start of a JSON or JSONL document looks like a dataset of tool calls, from its first 4,096 characters and
 * without parsing: the language server, which knows for certain, is started only for these.
 */
export function looksLikeDataset(start: string): boolean {
  const head = start.slice(0, lookAtMost);
  if (!/^\s*(\[\s*)?\{/.test(head)) return false;
  if (/"(messages|conversations|conversation)"\s*:\s*(\[|")/.test(head)) return true;
  return /"(instruction|input)"\s*:/.test(head) && /"(output|tools|system|instruction)"\s*:/.test(head);
}

export const firstLookCharacters = lookAtMost;
