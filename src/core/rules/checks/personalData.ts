import type { SampleRule } from '../rule.ts';
import { lookingAtTexts } from '../texts.ts';

const email = /\b[A-Za-z0-9._%+-]+@(?!example\.|test\.|domain\.)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b/;
const iban = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b/;
const digits = /\b(?:\d[ -]?){12,18}\d\b/g;
const phone = /(?:\+\d{1,3}[ .-]?)\(?\d{2,4}\)?(?:[ .-]?\d{2,4}){2,4}\b/;
const socialSecurity = /\b(?!000|666)[0-8]\d{2}-(?!00)\d{2}-(?!0000)\d{4}\b/;

export const rule: SampleRule = {
  id: 'personal-data',
  scope: 'sample',
  severity: { strict: 'off', recommended: 'off', lenient: 'off' },
  docs: {
    summary: 'A message or the label holds what looks like personal data: a mail address, a phone number, a card or account number. Off unless it is switched on.',
    why: 'What is in the data is in the model, and is sent to every server that a round uses.',
    good: '{"to": "somebody@example.com"}',
    bad: '{"to": "ada.lovelace@mail.org"}',
    shownAt: 'the message, or the value',
  },
  check: lookingAtTexts((text) => {
    const found = personalDataIn(text);
    return found === undefined ? undefined : [{ message: `${found} stands in the text` }];
  }),
};

function personalDataIn(text: string): string | undefined {
  if (text.includes('@') && email.test(text)) return 'a mail address';
  if (!/\d/.test(text)) return undefined;
  for (const [number] of text.matchAll(digits)) if (isCardNumber(number)) return 'a card number';
  if (socialSecurity.test(text)) return 'a social security number';
  if (iban.test(text)) return 'an account number';
  return phone.test(text) ? 'a phone number' : undefined;
}

/** The check digit of ISO/IEC 7812 (Luhn). */
function isCardNumber(text: string): boolean {
  const plain = text.replaceAll(/[ -]/g, '');
  if (plain.length < 13 || /^(\d)\1+$/.test(plain)) return false;
  let sum = 0;
  for (let i = 0; i < plain.length; i += 1) {
    const digit = Number(plain[plain.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
