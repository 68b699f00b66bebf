/** Remembers what the last text gave: a dialect is asked for the same text to recognise a record and to read it. */
export function lastAnswer<T>(find: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly answer: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, answer: find(text) };
    return last.answer;
  };
}

const mostRemembered = 4096;
const mostCharacters = 4_000_000;

/** Remembers what many texts gave. For texts that are one string in many records (see `RecordParser`) that costs next to nothing. */
export function rememberedAnswers<T>(find: (text: string) => T): (text: string) => T {
  const answers = new Map<string, { readonly answer: T }>();
  let characters = 0;
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known.answer;
    const answer = find(text);
    characters += text.length;
    if (answers.size >= mostRemembered || characters > mostCharacters) {
      answers.clear();
      characters = text.length;
    }
    if (text.length <= mostCharacters) answers.set(text, { answer });
    return answer;
  };
}
