import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Message, ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { checkPrompt } from '../../../src/core/llm/template/promptChecks.ts';
import { jinjaPrompt } from '../../../src/core/llm/template/promptTemplate.ts';
import { sharedData } from '../../builders/sharedData.ts';

/** A folder of published chat templates (`*.jinja`): LOOPTOOL_TEMPLATES, or beside the shared data. */
const folder = [process.env['LOOPTOOL_TEMPLATES'], sharedData && join(sharedData, '../templates')].find((path) => path !== undefined && existsSync(path));
const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.jinja'));

const tools: readonly ToolDefinition[] = [{ name: 'get_weather', description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string', description: 'Its name' }, day: { type: 'string', enum: ['today', 'tomorrow'] } }, required: ['city'] } }];
const messages: readonly Message[] = [
  { role: 'user', content: 'Weather in Oslo?' },
  { role: 'assistant', content: '', calls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }] },
  { role: 'tool', content: '{"degrees": 3}', name: 'get_weather' },
  { role: 'assistant', content: 'Three degrees.', calls: [] },
  { role: 'user', content: 'And in Rome?' },
];

/** What the template package cannot do: lists that are changed in place, keys that are numbers; and variables that are not there. */
const known = /refuses this conversation|is no function|Object keys must be strings|on undefined values/;

describe.skipIf(files.length === 0)('published templates (set LOOPTOOL_TEMPLATES to a folder of them)', () => {
  it.each(files)('%s is rendered, or refused with its place', async (name) => {
    const made = await jinjaPrompt({ name, source: readFileSync(join(folder ?? '', name), 'utf8'), bosToken: '<s>', eosToken: '</s>', args: { now: '2026-01-02' } });
    expect(made).toMatchObject({ ok: true });
    if (!made.ok) return;
    const rendered = made.template.render({ messages, tools });
    if (!rendered.ok) expect(rendered).toMatchObject({ message: expect.stringMatching(known) as unknown, place: { line: expect.any(Number) as unknown } });
    else {
      expect(rendered.text).toContain('And in Rome?');
      // None of them shortens what is said; some know no results of tools.
      expect(checkPrompt(rendered.text, { messages, tools }).filter((warning) => warning.kind === 'messageMissing' && warning.role !== 'tool')).toEqual([]);
    }
  });
});
