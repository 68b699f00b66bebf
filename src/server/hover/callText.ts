import type { ToolCall } from '../../core/dataset/sample.ts';
import { stringifySpaced } from '../../core/json/stringify.ts';
import { clippedText } from '../../core/text/visibleText.ts';

const longestArgument = 200;
const mostArguments = 30;

/** A call on one line: `get_weather(city="Oslo", days=3)`, long values cut. Text of the dataset: not yet Markdown. */
export function callText({ name, arguments: args }: ToolCall): string {
  const entries = Object.entries(args);
  const shown = entries.slice(0, mostArguments).map(([key, value]) => {
    const { text, hidden } = clippedText(stringifySpaced(value), longestArgument);
    return `${key}=${text}${hidden === 0 ? '' : `… ${hidden} more`}`;
  });
  return `${name}(${[...shown, ...(entries.length > mostArguments ? [`… ${entries.length - mostArguments} more`] : [])].join(', ')})`;
}
