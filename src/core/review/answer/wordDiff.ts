/** A piece of two texts: in both, or on one side alone. */
export type TextPart = { readonly side: 'both' | 'label' | 'prediction'; readonly text: string };

/** Texts up to here are told apart word by word, longer ones line by line, and still longer ones by what they begin and end with. */
const mostForWords = 20_000;
const mostForLines = 2_000_000;
const mostPieces = 40_000;
/** Pieces that differ beyond this many are given as a whole: reading them would help nobody, and finding them takes the square. */
const mostEdits = 400;

/**
 * How two texts differ. The parts of `both` and `label` in their order are the label's text, those of `both` and `prediction`
 * the prediction's. No part begins or ends inside of a character as people see it. `coarse` looks for no words.
 */
export function wordDiff(label: string, prediction: string, options: { readonly coarse?: boolean } = {}): readonly TextPart[] {
  if (label === prediction) return label === '' ? [] : [{ side: 'both', text: label }];
  const longest = Math.max(label.length, prediction.length);
  if (longest <= mostForWords && options.coarse !== true) return merged(piecesDiff(words(label), words(prediction)));
  const head = commonHead(label, prediction);
  const tail = commonTail(label, prediction, head);
  const middle = [label.slice(head, label.length - tail), prediction.slice(head, prediction.length - tail)] as const;
  return merged([both(label.slice(0, head)), ...middleDiff(middle[0], middle[1], options.coarse === true), both(label.slice(label.length - tail))]);
}

function middleDiff(label: string, prediction: string, coarse: boolean): readonly TextPart[] {
  const longest = Math.max(label.length, prediction.length);
  if (!coarse && longest <= mostForWords) return piecesDiff(words(label), words(prediction));
  if (!coarse && longest <= mostForLines) {
    const [left, right] = [lines(label), lines(prediction)];
    if (left.length + right.length <= mostPieces) return piecesDiff(left, right);
  }
  return replaced(label, prediction);
}

function both(text: string): TextPart {
  return { side: 'both', text };
}

function replaced(label: string, prediction: string): readonly TextPart[] {
  return [{ side: 'label', text: label }, { side: 'prediction', text: prediction }];
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Texts in which every code unit is a character as people see it; finding characters costs far more than all the rest. */
const plain = /^[\t\n\x20-\u02ff\u2010-\u2027\u3001-\u3020\u3041-\u3096\u30a1-\u30fc\u3400-\u9fff\uac00-\ud7a3\uff01-\uff5e]*$/;
const plainWord = /[A-Za-z0-9_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\uac00-\ud7a3]+|\s+|[^]/g;
const letter = /^[\p{L}\p{N}_]/u;
/** Written without blanks between words: each character stands for itself. */
const dense = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Words, blanks, and every other character on its own. */
function words(text: string): readonly string[] {
  if (plain.test(text)) return text.match(plainWord) ?? [];
  const found: string[] = [];
  let last = '';
  for (const { segment } of graphemes.segment(text)) {
    const kind = dense.test(segment) ? '' : letter.test(segment) ? 'word' : segment.trim() === '' ? 'blank' : '';
    if (kind !== '' && kind === last) found[found.length - 1] += segment;
    else found.push(segment);
    last = kind;
  }
  return found;
}

function lines(text: string): readonly string[] {
  return text.split(/(?<=\n)/);
}

function piecesDiff(left: readonly string[], right: readonly string[]): readonly TextPart[] {
  let head = 0;
  const shortest = Math.min(left.length, right.length);
  while (head < shortest && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1;
  const [a, b] = [left.slice(head, left.length - tail), right.slice(head, right.length - tail)];
  return [both(left.slice(0, head).join('')), ...(shortestEdits(a, b) ?? replaced(a.join(''), b.join(''))), both(left.slice(left.length - tail).join(''))];
}

/** The shortest script of edits (Myers), undefined where it is too long. */
function shortestEdits(a: readonly string[], b: readonly string[]): readonly TextPart[] | undefined {
  const most = Math.min(a.length + b.length, mostEdits);
  const offset = most + 1;
  const reach = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(reach.slice());
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && at(reach, offset + k - 1) < at(reach, offset + k + 1));
      let x = down ? at(reach, offset + k + 1) : at(reach, offset + k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach[offset + k] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace, offset);
    }
  }
  return undefined;
}

function walkBack(a: readonly string[], b: readonly string[], trace: readonly Int32Array[], offset: number): readonly TextPart[] {
  const parts: TextPart[] = [];
  let [x, y] = [a.length, b.length];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reach = trace[edits] ?? new Int32Array(0);
    const k = x - y;
    const down = k === -edits || (k !== edits && at(reach, offset + k - 1) < at(reach, offset + k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = edits === 0 ? 0 : at(reach, offset + fromK);
    const fromY = edits === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      parts.push(both(a[x] ?? ''));
    }
    if (edits === 0) break;
    parts.push(down ? { side: 'prediction', text: b[fromY] ?? '' } : { side: 'label', text: a[fromX] ?? '' });
    [x, y] = [fromX, fromY];
  }
  return parts.reverse();
}

function at(array: Int32Array, index: number): number {
  return array[index] ?? 0;
}

/** Neighbours of one side in one part, what the label says first; blanks between two changes belong to them. */
function merged(parts: readonly TextPart[]): readonly TextPart[] {
  const out: TextPart[] = [];
  let label = '';
  let prediction = '';
  const flush = (): void => {
    if (label !== '') out.push({ side: 'label', text: label });
    if (prediction !== '') out.push({ side: 'prediction', text: prediction });
    [label, prediction] = ['', ''];
  };
  const kept = parts.filter((part) => part.text !== '');
  kept.forEach((part, index) => {
    if (part.side === 'label') label += part.text;
    else if (part.side === 'prediction') prediction += part.text;
    else if (label !== '' && prediction !== '' && part.text.length < 4 && part.text.trim() === '' && replacedNext(kept, index)) {
      label += part.text;
      prediction += part.text;
    } else {
      flush();
      const last = out.at(-1);
      if (last?.side === 'both') out[out.length - 1] = both(last.text + part.text);
      else out.push(part);
    }
  });
  flush();
  return out;
}

/** Whether both sides change right behind a part. */
function replacedNext(parts: readonly TextPart[], index: number): boolean {
  const next = parts[index + 1]?.side;
  const after = parts[index + 2]?.side;
  return next !== undefined && after !== undefined && next !== 'both' && after !== 'both' && next !== after;
}

function commonHead(a: string, b: string): number {
  const shortest = Math.min(a.length, b.length);
  let head = 0;
  while (head < shortest && a.charCodeAt(head) === b.charCodeAt(head)) head += 1;
  while (head > 0 && !(isCut(a, head) && isCut(b, head))) head -= 1;
  return head;
}

function commonTail(a: string, b: string, head: number): number {
  const shortest = Math.min(a.length, b.length) - head;
  let tail = 0;
  while (tail < shortest && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail += 1;
  while (tail > 0 && !(isCut(a, a.length - tail) && isCut(b, b.length - tail))) tail -= 1;
  return tail;
}

/** Whether a text may be cut here: both neighbours stand for themselves, whatever surrounds them. */
function isCut(text: string, index: number): boolean {
  if (index === 0 || index === text.length) return true;
  const [before, after] = [text.charCodeAt(index - 1), text.charCodeAt(index)];
  return standsAlone(before) && standsAlone(after) && !(before === 13 && after === 10);
}

function standsAlone(code: number): boolean {
  return code < 0x300 || (code >= 0x3041 && code <= 0x3096) || (code >= 0x30a1 && code <= 0x30fa) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3);
}
