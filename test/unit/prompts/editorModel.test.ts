import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareEditorModelAsk } from '../../../src/app/samples/editorModelAsk.ts';
import type { Message, ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { editorReply, editorRequest } from '../../../src/core/llm/editorModel.ts';
import { probeOutcome } from '../../../src/core/loop/gcp.ts';
import { predictionFromReply } from '../../../src/core/toolcall/extract.ts';
import { compileTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { plainJson } from '../../../src/node/plainJson.ts';
import { callText, forecast, replyOf, sampleOf } from '../loop/builders.ts';
import { writeRemoteProject } from '../../runner/support/remoteProject.ts';

const tools: readonly ToolDefinition[] = [
  { name: 'math.add', parameters: { type: 'dict', properties: { a: { type: 'float' } } } },
  { name: 'math add', description: '  ' },
  { name: 'math.add', description: 'again' },
  { name: 'x'.repeat(80), description: 'long' },
];

function json(text: string) {
  const parsed = parseJson(text);
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value)) throw new Error(text);
  return parsed.value as Readonly<Record<string, never>>;
}

describe('a request to a model of the editor', () => {
  it('has tools under names that providers take, each once, with a description and an object as its schema', () => {
    const { tools: sent, names } = editorRequest({ messages: [], tools });
    expect(sent.map(({ name }) => name)).toEqual(['math_add', 'math_add_2', 'x'.repeat(64)]);
    expect(sent.map(({ description }) => description)).toEqual(['again', 'math add', 'long']);
    expect([...names]).toEqual([['math_add', 'math.add'], ['math_add_2', 'math add'], ['x'.repeat(64), 'x'.repeat(80)]]);
    for (const { inputSchema } of sent) expect(inputSchema).toHaveProperty('type', 'object');
    expect(editorRequest({ messages: [], tools: tools.slice(0, 1) }).tools[0]?.inputSchema).toEqual({ type: 'object', properties: { a: { type: 'number' } } });
  });

  it('says what the system says as the user, and gives results to the calls that they answer', () => {
    const messages: readonly Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Add.' },
      { role: 'assistant', content: '', calls: [{ name: 'math.add', arguments: json('{"a": 5.0, "__proto__": 1}') }, { name: 'other', arguments: {} }] },
      { role: 'tool', content: 'second', answers: 1 },
      { role: 'tool', content: 'first', answers: 0 },
      { role: 'assistant', content: 'Done.', calls: [] },
      { role: 'tool', content: 'late' },
      { role: 'user', content: '' },
    ];
    const { messages: sent } = editorRequest({ messages, tools });
    expect(sent).toEqual([
      { role: 'user', parts: [{ kind: 'text', text: 'Be brief.' }] },
      { role: 'user', parts: [{ kind: 'text', text: 'Add.' }] },
      { role: 'assistant', parts: [{ kind: 'call', id: 'call_2_0', name: 'math_add', input: JSON.parse('{"a": 5, "__proto__": 1}') as object }, { kind: 'call', id: 'call_2_1', name: 'other', input: {} }] },
      { role: 'user', parts: [{ kind: 'result', id: 'call_2_1', text: 'second' }, { kind: 'result', id: 'call_2_0', text: 'first' }] },
      { role: 'assistant', parts: [{ kind: 'text', text: 'Done.' }] },
      { role: 'user', parts: [{ kind: 'text', text: 'late' }] },
      { role: 'user', parts: [{ kind: 'text', text: '' }] },
    ]);
  });
});

describe('a reply of a model of the editor', () => {
  const names = new Map([['math_add', 'math.add']]);
  const kinds = compileTextKinds({ ask: [], decline: [] });

  it('is text and calls under the names of the sample', () => {
    const reply = editorReply([{ kind: 'text', text: 'I ' }, { kind: 'text', text: 'add.' }, { kind: 'call', name: 'math_add', input: { a: 5 } }], names, 'm');
    expect(reply).toMatchObject({ content: 'I add.', calls: [{ name: 'math.add', arguments: { a: 5 } }], finishReason: 'tool_calls', logProbs: undefined, model: 'm' });
    expect(predictionFromReply(reply, kinds)).toMatchObject({ kind: 'CALL', calls: [{ name: 'math.add' }] });
  });

  it('may hold its calls in words, nothing at all, or arguments that are none', () => {
    expect(predictionFromReply(editorReply([{ kind: 'text', text: callText('Oslo') }], names, 'm'), kinds).calls).toEqual([{ name: 'get_forecast', arguments: { city: 'Oslo' } }]);
    expect(predictionFromReply(editorReply([], names, 'm'), kinds).kind).toBe('EMPTY');
    for (const input of [7, 'x', [1]]) expect(predictionFromReply(editorReply([{ kind: 'call', name: 'f', input }], names, 'm'), kinds).kind).toBe('INVALID');
    expect(editorReply([{ kind: 'call', name: 'f', input: '{"a": 1}' }], names, 'm').calls).toEqual([{ name: 'f', arguments: { a: 1 } }]);
    expect(editorReply([{ kind: 'call', name: 'f', input: undefined }], names, 'm').calls).toEqual([{ name: 'f', arguments: {} }]);
  });
});

describe('one sample and a model of the editor', () => {
  const sample = sampleOf('Weather in Oslo?');
  const text = stringifyJson(plainJson({ ...sample, id: sample.id, labelHash: sample.labelHash, family: sample.family }));
  const probeOf = (city: string): string => {
    const policy = { model: 'm', fingerprint: undefined, simulated: false };
    const ask = { sample, requestKey: 'req_1', request: { messages: [], tools: [], sampling: { temperature: 0, topP: 1, topK: -1, presencePenalty: 0, maxTokens: 1 }, logProbs: false } };
    return stringifyJson(plainJson(probeOutcome(ask, replyOf(callText(city)), { policy, settings: { maxTokens: 1, retryMaxTokens: 1 }, sampling: {}, textKinds: compileTextKinds({ ask: [], decline: [] }) }, '2026-01-01T00:00:00Z')));
  };
  const inProject = async <T>(work: (project: string) => Promise<T>): Promise<T> => {
    const project = mkdtempSync(join(tmpdir(), 'looptool-editor-'));
    try {
      writeRemoteProject(project, 'http://127.0.0.1:9/v1', { samples: 2 });
      const before = readdirSync(project, { recursive: true }).length;
      const result = await work(project);
      // Nothing is recorded.
      expect(readdirSync(project, { recursive: true }).length).toBe(before);
      return result;
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  };

  it('its answer is held against the label', () =>
    inProject(async (project) => {
      const ask = await prepareEditorModelAsk(project, { sample: text }, 'answer');
      expect(ask.requests).toHaveLength(1);
      expect(ask.requests[0]?.tools.map(({ name }) => name)).toEqual(['get_forecast', 'find_train']);
      const read = (city: string) => ask.read([[{ kind: 'call', name: 'get_forecast', input: { city } }]], 'm');
      expect(read('Oslo')).toMatchObject({ task: 'answer', outcome: 'MATCH', differences: [] });
      expect(read('Rome')).toMatchObject({ outcome: 'MISMATCH', differences: [expect.stringContaining('Rome')] });
      expect(ask.read([], 'm')).toMatchObject({ outcome: 'EMPTY' });
    }));

  it('its judgement takes both orders', () =>
    inProject(async (project) => {
      const ask = await prepareEditorModelAsk(project, { sample: text, probe: probeOf('Rome') }, 'judge');
      expect(ask.requests).toHaveLength(2);
      expect(ask.requests.map(({ tools: sent, messages }) => [sent.length, messages.map(({ role }) => role).join()])).toEqual([[0, 'user,user'], [0, 'user,user']]);
      const says = (...words: readonly string[]) => ask.read(words.map((word) => [{ kind: 'text', text: `{"verdict": "${word}", "error_analysis": "city", "correct_approach": "read"}` }]), 'm');
      expect(says('ANSWER_2_WRONG', 'ANSWER_1_WRONG')).toMatchObject({ task: 'judge', verdict: 'PRED_WRONG', analysis: 'city', votes: [{ order: 'LP', verdict: 'PRED_WRONG' }, { order: 'PL', verdict: 'PRED_WRONG' }] });
      expect(says('ANSWER_1_WRONG', 'ANSWER_2_WRONG')).toMatchObject({ verdict: 'LABEL_WRONG' });
      expect(says('ANSWER_1_WRONG', 'ANSWER_1_WRONG')).toMatchObject({ verdict: 'NO_CONSENSUS' });
      expect(says('nothing', '')).toMatchObject({ verdict: 'NO_CONSENSUS', votes: [{ verdict: 'UNPARSED' }, { verdict: 'UNPARSED' }] });
    }));

  it('where there is nothing to judge it says what to do', () =>
    inProject(async (project) => {
      await expect(prepareEditorModelAsk(project, { sample: text }, 'judge')).rejects.toMatchObject({ code: 'usage', userMessage: expect.stringContaining('Probe the sample first') as string });
      await expect(prepareEditorModelAsk(project, { sample: text, probe: probeOf('Oslo') }, 'judge')).rejects.toMatchObject({ userMessage: expect.stringContaining('matches the label') as string });
      await expect(prepareEditorModelAsk(project, { sample: '{' }, 'answer')).rejects.toMatchObject({ code: 'dataset-unreadable' });
      const trace = sampleOf('x', { kind: 'invalid', reason: 'no JSON', raw: '' });
      await expect(prepareEditorModelAsk(project, { sample: stringifyJson(plainJson({ ...trace, id: trace.id, labelHash: trace.labelHash, family: trace.family })) }, 'answer')).rejects.toMatchObject({ code: 'usage' });
      expect(forecast('Oslo').kind).toBe('calls');
    }));
});
