import { clippedText, visibleText } from '../core/text/visibleText.ts';

const longestName = 200;

/** A name of the dataset as editors list it: nothing in it hides, and it is no longer than anybody reads. */
export function symbolName(name: string): string {
  return visibleText(clippedText(name, longestName).text);
}
