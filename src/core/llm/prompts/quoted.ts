/**
 * A JSON text whose strings hold nothing that a server or a model may take for more than data, and that reads back as the same
 * value. A tokenizer that finds `<|im_start|>` inside of a string makes the token of it all the same, whatever the JSON says; so
 * what opens tags and special tokens of chat templates, fences, line breaks beyond JSON's own, and everything invisible is
 * written as `\uXXXX`. Plain text, `<` before a blank or a digit, and all scripts stay as they are.
 */
export function quotedJson(json: string): string {
  return risky.test(json) ? json.replace(jsonString, (text) => text.replace(tokenStarts, escaped)) : json;
}

const jsonString = /"(?:[^"\\]|\\.)*"/gu;

const parts = [
  // `<|im_end|>`, `<s>`, `<<SYS>>`, `<start_of_turn>`, `</tool_call>`, and what becomes them where text is normalised.
  /[<\uff1c\ufe64](?![\s\d=])/u,
  // `[INST]`, `[/INST]`, `[TOOL_CALLS]`, `[|user|]`.
  /\[(?=\/?(?:[A-Z_]{2,}\d*|[gs]MASK|[se]op|[be]os|unused\d+)\]|\|)/u,
  /`(?=``)|(?<=`)`|~(?=~~)|(?<=~)~/u,
  // C1 controls, soft hyphen, other line breaks, direction marks, zero width, invisible operators, tags and selectors.
  /[\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e01ef}]/u,
  /\u034f/u,
];
const tokenStarts = new RegExp(parts.map(({ source }) => source).join('|'), 'gu');
/** Most texts hold none of it, and are not taken apart. */
const risky = new RegExp(tokenStarts.source, 'u');

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
}
