import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { codeBlock, codeCell, codeSpan, plainText } from '../../../src/core/text/markdown.ts';

const hostile = fc.array(fc.constantFrom('`', '``', '```', '\n', ' ', '|', '[a](b)', '<img>', '\\', '*', '‮', 'x', '~~~', '&amp;'), { maxLength: 30 }).map((parts) => parts.join(''));

describe('text in Markdown', () => {
  test('a span is closed by its own fence and by nothing before it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const span = codeSpan(text, 1000);
        const fence = /^`+/.exec(span)?.[0] ?? '';
        expect(span.endsWith(` ${fence}`)).toBe(true);
        expect(span.slice(fence.length, -fence.length).match(/`+/g) ?? []).not.toContain(fence);
        expect(span).not.toMatch(/[\n\u202e]/);
        expect(codeCell(text, 1000)).not.toContain('|');
      }),
    );
  });

  test('a block has a fence that is longer than any run in it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [first = '', ...rest] = codeBlock(text).split('\n');
        const fence = /^`+/.exec(first)?.[0] ?? '';
        expect(rest.at(-1)).toBe(fence);
        for (const run of rest.slice(0, -1).join('\n').match(/`+/g) ?? []) expect(run.length).toBeLessThan(fence.length);
      }),
    );
  });

  test('plain words have nothing of Markdown left', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(plainText(text, 1000).replaceAll(/\\[\\`*_{}[\]()#+\-.!|~:@/$"'=]|&#\d+;/g, '')).not.toMatch(/[`*[\]()|<>&\n\u202e]/);
      }),
    );
  });

  test('what is cut is counted', () => {
    expect(codeSpan('x'.repeat(20), 5)).toBe('` xxxxx ` … 15 more characters');
    expect(plainText('abcdef', 2)).toBe('ab … 4 more characters');
    expect(codeSpan('')).toBe('` (empty) `');
  });
});
