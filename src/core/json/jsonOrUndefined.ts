/** What a text that is no data says in JSON, for a schema to look at: numbers are those of JavaScript. Undefined where it is no JSON. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
