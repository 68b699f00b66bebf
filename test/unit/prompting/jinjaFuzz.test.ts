import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileJinja } from '../../../src/core/llm/template/jinjaTemplate.ts';

const bits = fc.constantFrom(
  '{%', '%}', '{{', '}}', '{#', '#}', '{%-', '-%}', ' ', '\n', 'if ', 'endif', 'else', 'elif ', 'for x in ', 'endfor', 'set ', 'endset', 'macro f(a)', 'endmacro', 'f(', ')', 'messages', 'message.content', 'tools', '[0]', '[', ']', '|', 'tojson', 'join("")', 'trim', '"text"',
  "'it\\'s'", '~', '+', '==', 'not ', 'in ', 'is defined', 'none', 'true', '1', '2.5', 'range(3)', 'namespace(a=1)', '.a', '=', ',', '{', '}', ':', 'raise_exception("r")', 'loop.index', 'generation', 'break', 'é',
);
const conversation = { messages: [{ role: 'user', content: 'hi' }], tools: null, add_generation_prompt: true };

it('whatever a template is, it is rendered or refused; nothing is thrown, and places are in the text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bits, { maxLength: 24 }), async (parts) => {
      const source = parts.join('');
      const compiled = await compileJinja(source);
      const result = compiled.ok ? compiled.template.render(conversation) : compiled;
      if (result.ok) expect(typeof result.text).toBe('string');
      else {
        expect(result.message).not.toBe('');
        if (result.place !== undefined) {
          const line = source.split('\n')[result.place.line - 1];
          expect(line).toBeDefined();
          expect(result.place.column).toBeGreaterThanOrEqual(1);
          expect(result.place.column).toBeLessThanOrEqual((line?.length ?? 0) + 1);
        }
      }
    }),
    { numRuns: 600 },
  );
});

it('what stands outside of tags stays as it is, but for what the language leaves out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }).filter((text) => !/[{}\s%#]/u.test(text)), fc.string({ unit: 'grapheme' }), async (text, data) => {
      const compiled = await compileJinja(`${text}{{ data }}${text}`);
      expect(compiled.ok && compiled.template.render({ data })).toEqual({ ok: true, text: `${text}${data}${text}` });
    }),
  );
});
