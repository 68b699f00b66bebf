import type { SampleRule } from '../rule.ts';
import { lookingAtTexts } from '../texts.ts';

/** UTF-8 read as Windows-1252 or Latin-1, the commonest pairs: `Ã©`, `â€™`, `Â°`, `ð\u009f`; and what replaced undecodable bytes. */
const mojibake = /[\u00c2\u00c3][\u0080-\u00bf\u2018-\u201e\u20ac]|\u00e2\u20ac[\u0090-\u2122]|\u00e2\u0080[\u0090-\u00bf]|\u00f0\u0178|\u00f0\u009f|\ufffd/;
/** Hangul that was taken apart into its letters (NFKD), and letters followed by loose accents. */
const decomposed = /[\u1100-\u1112][\u1161-\u1175]|[A-Za-z][\u0300-\u0304\u0308\u030a\u030c\u0327]/;
/** Symbols that a normalisation spelt out. */
const spelt = /\d\s?deg[CF]\b|\b(?:EUR|GBP|JPY)(?=\d)/;

export const rule: SampleRule = {
  id: 'broken-text',
  scope: 'sample',
  severity: { strict: 'error', recommended: 'warning', lenient: 'warning' },
  docs: {
    summary: 'Text that was read in the wrong encoding, or destroyed by a normalisation.',
    why: 'A value that is broken in the label and whole in the request (or the other way round) can never be matched, and models learn the broken form.',
    good: '{"city": "Zürich"}',
    bad: '{"city": "ZÃ¼rich"}',
    shownAt: 'the value, or the message',
  },
  check: lookingAtTexts((text) => {
    const message = whatIsBroken(text);
    return message === undefined ? undefined : [{ message, fixed: () => repaired(text) }];
  }),
};

function whatIsBroken(text: string): string | undefined {
  // Most text is plain ASCII, for which one quick look is enough.
  if (!/[^\u0000-\u007f]/.test(text)) return maySpell(text) && spelt.test(text) ? `a symbol was spelt out: ${JSON.stringify(spelt.exec(text)?.[0])}` : undefined;
  const broken = mojibake.exec(text);
  if (broken !== null) return `the text was read in the wrong encoding: ${JSON.stringify(text.slice(Math.max(0, broken.index - 8), broken.index + 8))}`;
  return decomposed.test(text) ? 'letters and their marks are taken apart (NFD); write them in composed form (NFC)' : undefined;
}

function maySpell(text: string): boolean {
  return text.includes('deg') || text.includes('EUR') || text.includes('GBP') || text.includes('JPY');
}

/** Characters that Windows-1252 has where Latin-1 has control codes, by their bytes from 0x80 on. */
const windows1252 = '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/** The text in the right encoding, or in composed form; undefined where what was lost cannot be known. */
function repaired(text: string): { readonly title: string; readonly text: string } | undefined {
  const right = mojibake.test(text) ? text.replaceAll(/[\u0080-\u00ff\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2,}/g, (run) => decoded(run) ?? run) : text.normalize('NFC');
  return right === text || mojibake.test(right) || decomposed.test(right) ? undefined : { title: `Write ${JSON.stringify(right.length > 40 ? `${right.slice(0, 40)}…` : right)}`, text: right };
}

function decoded(run: string): string | undefined {
  const bytes = [...run].map((character) => {
    const code = character.charCodeAt(0);
    const special = windows1252.indexOf(character);
    return code >= 0xa0 && code < 0x100 ? code : special >= 0 ? 0x80 + special : code;
  });
  if (bytes.some((byte) => byte > 0xff)) return undefined;
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return undefined;
  }
}
