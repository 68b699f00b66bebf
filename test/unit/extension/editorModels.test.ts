import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LanguageModelChat, Uri } from 'vscode';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeSample } from '../../../src/core/dataset/identity.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { askEditorModel, judgeWithEditorModel } from '../../../src/extension/samples/editorModels.ts';
import type { Services } from '../../../src/extension/services.ts';
import { plainJson } from '../../../src/node/plainJson.ts';
import { samplesAtMethod } from '../../../src/protocol/lsp/samplesAt.ts';
import { writeRemoteProject } from '../../runner/support/remoteProject.ts';

/** What the person sees, and whether they cancel. */
const person = vi.hoisted(() => ({ shown: [] as string[], picks: [] as unknown[][], cancels: false, answer: undefined as string | undefined }));

vi.mock('vscode', () => {
  class LanguageModelError extends Error {
    constructor(message: string, readonly code: string) {
      super(message);
    }
    static NoPermissions(message = ''): LanguageModelError { return new LanguageModelError(message, 'NoPermissions'); }
    static Blocked(message = ''): LanguageModelError { return new LanguageModelError(message, 'Blocked'); }
    static NotFound(message = ''): LanguageModelError { return new LanguageModelError(message, 'NotFound'); }
  }
  class LanguageModelTextPart { constructor(readonly value: string) {} }
  class LanguageModelToolCallPart { constructor(readonly callId: string, readonly name: string, readonly input: object) {} }
  class LanguageModelToolResultPart { constructor(readonly callId: string, readonly content: readonly unknown[]) {} }
  const t = (message: string, ...values: readonly unknown[]): string => message.replaceAll(/\{(\d)\}/g, (_all, i: string) => String(values[Number(i)]));
  return {
    LanguageModelError, LanguageModelTextPart, LanguageModelToolCallPart, LanguageModelToolResultPart,
    CancellationError: class extends Error {},
    LanguageModelChatMessage: { User: (content: unknown) => ({ role: 'user', content }), Assistant: (content: unknown) => ({ role: 'assistant', content }) },
    lm: { selectChatModels: () => Promise.resolve([]) },
    ProgressLocation: {},
    l10n: { t },
    Uri: { parse: (text: string) => ({ toString: () => text, scheme: 'file', path: text.replace('file://', ''), fsPath: text.replace('file://', '') }) },
    workspace: { openTextDocument: (uri: Uri) => Promise.resolve({ uri, isDirty: false, getText: () => '' }) },
    window: {
      activeTextEditor: undefined,
      showQuickPick: (items: unknown[], options: object) => (person.picks.push([items, options]), Promise.resolve(items[0])),
      showInformationMessage: (message: string) => (person.shown.push(message), Promise.resolve(person.answer)),
      showTextDocument: () => Promise.resolve(undefined),
      withProgress: (_options: unknown, task: (progress: unknown, token: unknown) => unknown) => task({}, { get isCancellationRequested() { return person.cancels; } }),
    },
  };
});
// The bundle is this module.
vi.mock('../../../src/extension/lazyBundles.ts', () => ({ editorModelAsk: async () => import('../../../src/app/samples/editorModelAsk.ts') }));

const vscode = await import('vscode');
const sample = makeSample({ tools: [{ name: 'weather.now', parameters: { type: 'object', properties: { city: { type: 'string' } } } }], messages: [{ role: 'user', content: 'Weather in Oslo?' }], label: { kind: 'calls', calls: [{ name: 'weather.now', arguments: { city: 'Oslo' } }] } });
const probe = { v: 1, type: 'probe', sampleId: sample.id, labelHash: sample.labelHash, requestKey: 'r', attempt: 1, startedAt: '', elapsedMs: 1, outcome: 'MISMATCH', ppl: null, prediction: { kind: 'CALL', calls: [{ name: 'weather.now', arguments: { city: 'Rome' } }], text: '', warnings: [] } };

let folder: string;
let services: Services;
let documents: Map<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'looptool-lm-'));
  writeRemoteProject(folder, 'http://127.0.0.1:9/v1', { samples: 2 });
  Object.assign(person, { shown: [], picks: [], cancels: false, answer: undefined });
  documents = new Map();
  const status = { outcome: 'MISMATCH' as const };
  const answers = (method: string): unknown =>
    method === samplesAtMethod
      ? { record: 3, samples: [{ step: 0, sampleId: sample.id, title: 'x', status }] }
      : { sample: stringifyJson(plainJson({ ...sample, id: sample.id, labelHash: sample.labelHash, family: sample.family })), probe: JSON.stringify(probe) };
  // What of it is used.
  services = {
    language: { request: (method: string) => Promise.resolve(answers(method)) },
    projects: { all: [{ directory: folder, label: 'Demo', uri: { path: folder } }] },
    documents: { put: (path: string, text: string) => (documents.set(path, text), path) },
    log: { info: () => undefined },
  } as unknown as Services;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Sent = { readonly messages: readonly { readonly role: string; readonly content: readonly { readonly value?: string }[] }[]; readonly options: { readonly tools?: readonly { readonly name: string }[]; readonly justification?: string } };

function model(reply: (sent: Sent) => readonly unknown[] | Error, more: Partial<LanguageModelChat> = {}): { readonly source: { selectChatModels: () => Promise<LanguageModelChat[]> }; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const chat = {
    name: 'Some Model', id: 'some', vendor: 'acme', family: 'f', version: '1', maxInputTokens: 1000,
    countTokens: () => Promise.resolve(10),
    sendRequest: async (messages: Sent['messages'], options: Sent['options']) => {
      sent.push({ messages, options });
      const parts = await Promise.resolve(reply({ messages, options }));
      if (parts instanceof Error) throw parts;
      return { stream: (async function* () { for (const part of parts) yield await Promise.resolve(part); })() };
    },
    ...more,
  } as unknown as LanguageModelChat; // what of it is used
  return { source: { selectChatModels: () => Promise.resolve([chat]) }, sent };
}

const at = () => ({ uri: `file://${folder}/data/train.jsonl`, record: 3, step: 0 });
const call = (city: string) => new vscode.LanguageModelToolCallPart('id', 'weather_now', { city });

it('asks with the tools of the sample, and shows what the call comes to, without a record of it', async () => {
  const { source, sent } = model(() => [new vscode.LanguageModelTextPart('Looking.'), call('Rome')]);
  person.answer = 'Show';
  const files = readdirSync(folder, { recursive: true });
  await askEditorModel(services, at(), source);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.options).toMatchObject({ tools: [{ name: 'weather_now', description: 'weather.now' }], justification: expect.stringContaining('one sample') as string });
  expect(person.shown).toEqual([expect.stringMatching(/^Some Model on record 4: mismatch \(.*Rome.*\)\. Not recorded\.$/u)]);
  expect([...documents.values()][0]).toMatch(/^Some Model, a model of VS Code: mismatch[^]*Not recorded: no journal[^]*weather\.now \{"city":"Rome"\}/u);
  expect(readdirSync(folder, { recursive: true })).toEqual(files);
  expect(JSON.stringify(person.picks[0]?.[1])).toContain('sent to the provider');
});

it('judges with either side first', async () => {
  const { source, sent } = model(({ messages }) => {
    const data = messages[1]?.content[0]?.value ?? '';
    const labelFirst = data.indexOf('"Oslo"') < data.indexOf('"Rome"');
    return [new vscode.LanguageModelTextPart(JSON.stringify({ verdict: labelFirst ? 'ANSWER_2_WRONG' : 'ANSWER_1_WRONG', error_analysis: 'the city', correct_approach: '' }))];
  });
  await judgeWithEditorModel(services, at(), source);
  expect(sent.map(({ options }) => options.tools)).toEqual([undefined, undefined]);
  expect(person.shown).toEqual(['Some Model on record 4: the policy is wrong. Not recorded.']);
});

it('says what to do where there is no model', async () => {
  await askEditorModel(services, at(), { selectChatModels: () => Promise.resolve([]) });
  expect(person.shown).toEqual([expect.stringContaining('Install an extension that brings some')]);
});

it.each([
  ['no consent', () => vscode.LanguageModelError.NoPermissions('no'), /consent was not given/u],
  ['a quota', () => vscode.LanguageModelError.Blocked('monthly limit'), /its quota is used up.*monthly limit/u],
  ['a model that is gone', () => vscode.LanguageModelError.NotFound(), /is not there any more/u],
])('says what to do about %s', async (_case, error, message) => {
  await expect(askEditorModel(services, at(), model(error).source)).rejects.toMatchObject({ code: 'endpoint-refused', userMessage: expect.stringMatching(message) as string });
});

it('does not send what is too long, and asks where the model cannot count', async () => {
  const long = model(() => [call('Oslo')], { countTokens: () => Promise.resolve(2000) });
  await expect(askEditorModel(services, at(), long.source)).rejects.toMatchObject({ userMessage: expect.stringContaining('about 2000 tokens, and Some Model takes 1000') as string });
  expect(long.sent).toEqual([]);
  const blind = model(() => [call('Oslo')], { countTokens: () => Promise.reject(new Error('no')) });
  await askEditorModel(services, at(), blind.source);
  expect(person.shown).toEqual(['Some Model on record 4: matches. Not recorded.']);
});

it('is silent when it is cancelled', async () => {
  const { source, sent } = model(() => {
    person.cancels = true;
    return new Error('cancelled');
  });
  await judgeWithEditorModel(services, at(), source);
  expect([sent.length, person.shown]).toEqual([1, []]);
});
