import { rememberedAnswers } from '../../dataset/reading/lastAnswer.ts';
import type { Message } from '../../dataset/sample.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { asciiWords, betweenDigitsLeftOut, hasWithout, initialsIn, lettersAndDigits, wordsStartingWith } from './asciiText.ts';
import { isDerivable } from './derivable.ts';
import { numbersInText, round } from './numbersInText.ts';

/** In longer texts a copy to search is worth its making: looking for letters one by one can take long in texts of the same letters. */
const longest = 20_000;

/**
 * What a conversation says, in the forms in which an argument may take it up. Each form is worked out when first asked for:
 * most arguments stand in the text as they are.
 */
export class RequestText {
  private foldedText: string | undefined;
  private found: ReadonlySet<number> | undefined;
  private squeezed: string | undefined;
  private capitals: string | undefined;

  constructor(
    private readonly messages: readonly Message[],
    /** The text itself, or made of the messages. */
    private readonly given?: string,
  ) {}

  /** Everything that was said, results of tools and earlier calls included. */
  get text(): string {
    return this.given ?? (this.joined ??= this.messages.length === 1 && this.messages[0] !== undefined ? messageText(this.messages[0]) : this.messages.map(messageText).join('\n'));
  }
  private joined: string | undefined;

  /** In lower case, without accents. */
  get folded(): string {
    return (this.foldedText ??= this.isAscii ? this.text.toLowerCase() : fold(this.text));
  }

  /** Words and letters of ASCII are looked for in the text, others in lists and copies of it. */
  private get isAscii(): boolean {
    return (this.ascii ??= isAscii(this.text));
  }
  private ascii: boolean | undefined;

  get numbers(): ReadonlySet<number> {
    return (this.found ??= numbersInText(this.folded));
  }

  /** Whether the text has some letters and digits in a row, whatever else stands between them. */
  saysLetters(letters: string): boolean {
    if (letters === '') return true;
    if (this.isAscii && this.text.length < longest) return hasWithout(this.folded, letters, lettersAndDigits);
    return this.letters.includes(letters);
  }

  /** The text without anything but letters and digits. */
  private get letters(): string {
    return (this.squeezed ??= lettersOf(this.folded));
  }

  get isEmpty(): boolean {
    return (this.blank ??= this.text.trim() === '');
  }
  private blank: boolean | undefined;

  /** Whether the words are English enough for word lists to say anything. */
  get isLatin(): boolean {
    return (this.latin ??= this.isAscii || isMostlyLatin(this.folded));
  }
  private latin: boolean | undefined;

  get words(): readonly string[] {
    return (this.split ??= wordsOf(this.text));
  }
  private split: readonly string[] | undefined;

  /** Whether a word stands there on its own. */
  hasWord(word: string): boolean {
    return this.wordsFrom(word).includes(word);
  }

  /** The words with that beginning. */
  wordsFrom(beginning: string): readonly string[] {
    return beginning !== '' && this.isAscii ? wordsStartingWith(this.text, this.folded, beginning) : this.words.filter((one) => one.startsWith(beginning));
  }

  saysWord(word: string): boolean {
    // Words that count as the same begin alike: stems are beginnings of two letters at least, or whole words.
    const beginning = word.slice(0, 2);
    if (!this.folded.includes(beginning)) return false;
    const alike = (this.alike ??= new Map<string, readonly string[]>());
    let words = alike.get(beginning);
    if (words === undefined) alike.set(beginning, (words = this.wordsFrom(beginning)));
    return words.length > 0 && (words.includes(word) || sharesForm(word, words));
  }
  private alike: Map<string, readonly string[]> | undefined;

  /** The number itself, or its digits inside of a longer word (`A1234`). */
  saysNumber(value: number): boolean {
    return (Math.abs(value) > 9 && this.hasDigits(String(Math.abs(value)))) || this.numbers.has(value) || this.numbers.has(round(Math.abs(value)));
  }

  /** Whether the digits stand in a row, but for what may stand between digits. */
  private hasDigits(digits: string): boolean {
    if (this.isAscii && this.text.length < longest) return hasWithout(this.folded, digits, betweenDigitsLeftOut);
    return (this.closed ??= this.folded.replaceAll(/[\s,_-]/g, '')).includes(digits);
  }
  private closed: string | undefined;

  /** In lower case, without the commas between thousands. */
  get withoutThousands(): string {
    return (this.plain ??= this.folded.includes(',') ? this.folded.replaceAll(/(?<=\d),(?=\d{3})/g, '') : this.folded);
  }
  private plain: string | undefined;

  derivesNumber(value: number): boolean {
    return this.saysNumber(value) || isDerivable(value, this.numbers, this.folded);
  }

  /** Whether the text may list that many things: no more than it has commas, quotation marks and words like "and". */
  counts(value: number): boolean {
    if (!Number.isInteger(value) || value < 0) return false;
    this.separators ??= (this.folded.match(/[,;\n]|\band\b|\bor\b|['"“‘«]|\bthe\b|、|，/g)?.length ?? 0) + 1;
    return value <= Math.min(this.separators, 20);
  }
  private separators: number | undefined;

  /** First letters of the words of the text, so that `NYC` is found in New York City. */
  get initials(): string {
    return (this.capitals ??= this.isAscii ? initialsIn(this.text, this.folded) : this.words.map((word) => word.charAt(0)).join(''));
  }
}

function messageText(message: Message): string {
  return message.role === 'assistant' && message.calls.length > 0 ? `${message.content}\n${message.calls.map((call) => stringifyJson(call.arguments)).join('\n')}` : message.content;
}

export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** Letters and digits alone, of text in lower case. */
export function lettersOf(text: string): string {
  return isAscii(text) ? text.replaceAll(/[^A-Za-z0-9]+/g, '') : text.replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Of the letters and digits of a text in lower case, at least four in five. */
function isMostlyLatin(folded: string): boolean {
  let latin = 0;
  for (let at = 0; at < folded.length; at += 1) {
    const code = folded.charCodeAt(at);
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)) latin += 1;
  }
  // A blank stays between them: halves of signs that stand apart are no sign.
  const others = lettersOf(folded.replaceAll(/[\x00-\x7f]+/g, ' ')).length;
  return latin >= 0.8 * (latin + others);
}

/** Whether a word and one of others are forms of one word. */
function sharesForm(word: string, others: readonly string[]): boolean {
  const ownStem = stem(word);
  const ownStart = longStart(word);
  return others.some((one) => one === ownStem || stem(one) === word || stem(one) === ownStem || (ownStart !== undefined && longStart(one) === ownStart));
}

/** The first two thirds of a word that has more than four letters. */
function longStart(word: string): string | undefined {
  return word.length > 4 ? word.slice(0, Math.max(4, Math.ceil(0.65 * word.length))) : undefined;
}

/** Words in lower case; `camelCase`, `snake_case` and `A1` come apart. */
export function wordsOf(text: string): readonly string[] {
  if (isAscii(text)) return asciiWords(text);
  const apart = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2');
  return fold(apart).match(/\p{L}+|\p{N}+/gu) ?? [];
}

/** The part of an English word that its plural, past and -ing forms share. */
export const stem = rememberedAnswers((word: string): string => {
  if (word.length < 4) return word;
  const short = word.replace(/(?:ies|ied)$/, 'y').replace(/(?:ingly|edly|ing|ers|er|ed|ly|es|s|e|y|al|ion|ions)$/, '');
  return short.length < 3 ? word : short.replace(/(.)\1$/, '$1');
});
