import type { Label, Message, ToolCall } from '../../dataset/sample.ts';
import { stringifyJson } from '../../json/stringify.ts';
import type { Prediction } from '../../toolcall/prediction.ts';

const longest = 400;
const longestSide = 110;

/** What a search looks through: the last words of the user, then what the sides say, lower-case, at most 400 UTF-16 units. */
export function queueText(messages: readonly Message[], label: Label, prediction: Prediction | undefined): string {
  const labelText = cut(sideOf(label), longestSide);
  const predictionText = prediction === undefined ? '' : cut(prediction.calls.length > 0 ? callsText(prediction.calls) : prediction.text, longestSide);
  const sides = labelText === predictionText ? [labelText, ''] : [labelText, predictionText];
  const request = cut(messages.findLast(({ role }) => role === 'user')?.content ?? '', longest - 2 - sides.join('').length);
  // Joined, so that no part keeps a text of megabytes alive that it was cut from.
  return [request, ...sides].join(' ');
}

/** A search and what it looks through have the same form: composed, lower-case. */
export function searchForm(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function sideOf(label: Label): string {
  switch (label.kind) {
    case 'calls':
      return callsText(label.calls);
    case 'text':
      return label.text;
    case 'invalid':
      return label.raw;
    default:
      return '';
  }
}

function callsText(calls: readonly ToolCall[]): string {
  let text = '';
  for (const { name, arguments: given } of calls) {
    text += `${text === '' ? '' : ' '}${name} ${stringifyJson(given)}`;
    if (text.length > longestSide) break;
  }
  return text;
}

/** In search form; no half of a character is left at the end. */
function cut(text: string, most: number): string {
  const form = searchForm(text.slice(0, most));
  const short = form.length <= most ? form : form.slice(0, most);
  return /[\ud800-\udbff]$/.test(short) ? short.slice(0, -1) : short;
}
