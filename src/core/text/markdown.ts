import { clippedText, visibleText } from './visibleText.ts';

/** Text of any origin as a code span on one line: nothing in it is Markdown, HTML or a link, nothing is invisible. */
export function codeSpan(text: string, limit = 200): string {
  const clipped = clippedText(text, limit);
  const shown = visibleText(clipped.text).replaceAll(/\s+/g, ' ');
  const fence = '`'.repeat(longestRun(shown) + 1);
  // Blanks at both ends are taken off by Markdown; they also keep backticks of the text away from the fence.
  return `${fence} ${shown === '' || /^ +$/.test(shown) ? '(empty)' : shown} ${fence}${hiddenNote(clipped.hidden)}`;
}

/** A code span for a cell of a table: there a bar ends the cell even in code. */
export function codeCell(text: string, limit = 120): string {
  return codeSpan(text.replaceAll('|', '∣'), limit);
}

/** Text of any origin as a code block. */
export function codeBlock(text: string, language = 'text', limit = 4000): string {
  const clipped = clippedText(text, limit);
  const shown = visibleText(clipped.text);
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${language}\n${shown}\n${fence}${clipped.hidden === 0 ? '' : `\n\n${hiddenNote(clipped.hidden).trim()}`}`;
}

/** Text of any origin as a paragraph of plain words: every character that Markdown or HTML could take for its own is escaped. */
export function plainText(text: string, limit = 1000): string {
  const clipped = clippedText(text, limit);
  const shown = visibleText(clipped.text)
    .replaceAll(/\s+/g, ' ')
    .trim()
    // Also what makes links of bare addresses: dots, colons, slashes and at signs.
    .replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&:@/$"'=]/g, (character) => (/[<>&]/.test(character) ? `&#${character.charCodeAt(0)};` : `\\${character}`));
  return shown + hiddenNote(clipped.hidden);
}

function hiddenNote(hidden: number): string {
  return hidden === 0 ? '' : ` … ${hidden} more characters`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
