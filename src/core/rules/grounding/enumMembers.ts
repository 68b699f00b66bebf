import { enumOf, type ArgumentChoices } from '../argumentChoices.ts';
import { rememberedAnswers } from '../../dataset/reading/lastAnswer.ts';
import type { JsonObject } from '../../json/value.ts';
import { fold, type RequestText } from './requestText.ts';

/** Members of an enum that the request says as they are, as words of their own; none where the request lists most of them. */
export function saidMembers(schema: ArgumentChoices['schema'] | JsonObject, request: RequestText): readonly string[] {
  const members = enumOf(schema).filter((member) => typeof member === 'string');
  if (members.length < 2) return [];
  const said = members.filter((member) => saysPhrase(member, request));
  return said.length < members.length || members.length === 2 ? said : [];
}

const wantedOf = rememberedAnswers((phrase: string): string | undefined => {
  const wanted = fold(phrase).replaceAll('_', ' ').trim();
  return wanted.length < 3 || !/\p{L}/u.test(wanted) ? undefined : wanted;
});

/** In words: between other characters than letters and digits, and not where that is denied. */
export function saysPhrase(phrase: string, request: RequestText): boolean {
  const wanted = wantedOf(phrase);
  if (wanted === undefined) return false;
  const text = request.folded;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const before = text.slice(Math.max(0, at - 1), at);
    const after = text.slice(at + wanted.length, at + wanted.length + 1);
    const isDenied = /(?:\bnot?|n't|n’t|without|except|exclud\w*|rather than|instead of|too)(?: \w+){0,3}\s*$/.test(text.slice(Math.max(0, at - 40), at));
    if (!isDenied && !/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}
