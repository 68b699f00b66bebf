import type { SampleRule } from '../rule.ts';
import { lookingAtTexts, type TextProblem } from '../texts.ts';

const secrets: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b/],
  ['an API key', /\b(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?[A-Za-z0-9_-]{24,}\b/],
  ['a Slack token', /\bxox[abposr]-[A-Za-z0-9-]{20,}\b/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\b/],
];

export const rule: SampleRule = {
  id: 'secret',
  scope: 'sample',
  severity: { strict: 'off', recommended: 'off', lenient: 'off' },
  docs: {
    summary: 'A message or the label holds what looks like a key, token or private key. Off unless it is switched on.',
    why: 'What is in the data is in the model, and is sent to every server that a round uses.',
    good: '{"api_key": "<from the environment>"}',
    bad: '{"api_key": "AKIA0123456789ABCDEF"}',
    shownAt: 'the message, or the value',
  },
  check: lookingAtTexts((text) => {
    const found = secrets.flatMap(([name, pattern]): TextProblem[] => {
      const match = pattern.exec(text);
      // The secret itself is never repeated: findings go to logs.
      return match === null ? [] : [{ message: `${name} stands in the text`, from: match.index, to: match.index + match[0].length }];
    });
    return found.length === 0 ? undefined : found;
  }),
};
