import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSections } from '../../../src/core/llm/prompts/sections.ts';
import { isJsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import type { FakeAnswer, FakeRequest } from '../../fakes/openaiServer.ts';

const tool = {
  type: 'function',
  function: { name: 'get_weather', description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
};

/** Label of every fifth sample is wrong; `weatherAnswer` gives a wrong city for every third. */
export function weatherRows(from: number, to: number): readonly object[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const index = from + offset;
    const city = index % 5 === 0 ? 'Nowhere' : `Town${index}`;
    const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: JSON.stringify({ city }) } };
    return { tools: [tool], messages: [{ role: 'user', content: `weather in Town${index}` }, { role: 'assistant', content: '', tool_calls: [call] }] };
  });
}

/** A project whose three models are behind one remote server. */
export function writeRemoteProject(folder: string, baseUrl: string, options: { readonly samples: number; readonly trainer?: object; readonly endpoint?: object; readonly verify?: object; readonly expand?: object; readonly concurrency?: number }): void {
  mkdirSync(join(folder, 'data'), { recursive: true });
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(folder, 'data/train.jsonl'), lines(weatherRows(0, options.samples)));
  writeFileSync(join(folder, 'data/heldout.jsonl'), lines(weatherRows(1001, 1005)));
  const endpoint = (model: string) => ({ kind: 'openai', baseUrl, model, apiKeyEnv: 'TEST_KEY', concurrency: options.concurrency ?? 4, timeoutMs: 1000, ...options.endpoint });
  const config = {
    version: 1,
    name: 'Remote',
    datasets: { seed: [{ path: 'data/train.jsonl' }], heldOut: [{ name: 'held', path: 'data/heldout.jsonl' }] },
    endpoints: { policy: endpoint('policy-model'), judge: endpoint('judge-model'), generator: endpoint('generator-model') },
    trainer: options.trainer ?? { kind: 'none' },
    verify: options.verify ?? { relabel: 'always' },
    expand: options.expand ?? { k: 2 },
  };
  writeFileSync(join(folder, 'looptool.json'), JSON.stringify(config));
}

/** Answers as the three models of the project would. Deterministic: equal requests get equal answers. */
export function weatherAnswer({ body }: FakeRequest): FakeAnswer {
  const content = body.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  if (body.model === 'policy-model') {
    const index = Number(/Town(\d+)/.exec(content)?.[1] ?? -1);
    if (index < 0) return { content: 'a plain answer' };
    return { content: '', toolCalls: [{ name: 'get_weather', arguments: JSON.stringify({ city: index % 3 === 0 ? 'Elsewhere' : `Town${index}` }) }], finishReason: 'tool_calls' };
  }
  const sections = readSections(content);
  const town = /Town\d+(?: again \d+)?/.exec(JSON.stringify(sections.get('Conversation')))?.[0] ?? '';
  switch (sections.get('Task')) {
    case 'compare': {
      const [first, second] = [right(sections.get('Answer 1'), town), right(sections.get('Answer 2'), town)];
      const verdict = first && second ? 'BOTH_CORRECT' : first ? 'ANSWER_2_WRONG' : second ? 'ANSWER_1_WRONG' : 'BOTH_WRONG';
      return { content: JSON.stringify({ verdict, error_analysis: 'the city', correct_approach: town }) };
    }
    case 'solve':
      return { content: JSON.stringify({ calls: [{ name: 'get_weather', arguments: { city: town } }] }) };
    case 'critique':
      return { content: JSON.stringify({ verdict: right(sections.get('Answer'), town) ? 'CORRECT' : 'INCORRECT', error_analysis: '' }) };
    default: {
      const variation = sections.get('Variation');
      const seed = isJsonObject(variation) ? Number(variation['seed']) : 0;
      const city = `${town} again ${seed}`;
      return { content: JSON.stringify({ messages: [{ role: 'user', content: `please, weather in ${city}` }], answer: { calls: [{ name: 'get_weather', arguments: { city } }] } }) };
    }
  }
}

function right(answer: JsonValue | undefined, town: string): boolean {
  return JSON.stringify(answer ?? null).includes(`"city":"${town}"`);
}

/** The text of every file under a folder, for what must not be in any of them. */
export function allText(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}
