import { CancellationError, l10n, LanguageModelChatMessage, LanguageModelError, LanguageModelTextPart, LanguageModelToolCallPart, LanguageModelToolResultPart, lm, ProgressLocation, window, workspace, type CancellationToken, type LanguageModelChat } from 'vscode';
import type { EditorModelResult, EditorModelTask } from '../../app/samples/editorModelAsk.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { EditorMessage, EditorReplyPart, EditorRequest } from '../../core/llm/editorModel.ts';
import { wholeSampleMethod, wholeSampleSchema } from '../../protocol/lsp/wholeSample.ts';
import { editorModelAsk } from '../lazyBundles.ts';
import type { Services } from '../services.ts';
import { resultDocument, resultLine } from './editorModelText.ts';
import { sampleTarget } from './sampleTarget.ts';

/** Where models come from; tests bring their own. */
export type ModelSource = { readonly selectChatModels: () => Thenable<readonly LanguageModelChat[]> };

const editorModels: ModelSource = { selectChatModels: () => lm.selectChatModels() };

/** Has a model that the editor offers answer one sample, and compares. Nothing is recorded. */
export async function askEditorModel(services: Services, argument: unknown, source = editorModels): Promise<void> {
  await ask(services, argument, 'answer', source);
}

/** Has a model that the editor offers judge the policy's answer, with either side first. Nothing is recorded. */
export async function judgeWithEditorModel(services: Services, argument: unknown, source = editorModels): Promise<void> {
  await ask(services, argument, 'judge', source);
}

async function ask(services: Services, argument: unknown, task: EditorModelTask, source: ModelSource): Promise<void> {
  const target = await sampleTarget(services, argument);
  if (target === undefined) return;
  const { record, step, project } = target;
  const given = wholeSampleSchema.safeParse(await services.language.request(wholeSampleMethod, { uri: target.document.uri.toString(), record, step }));
  if (!given.success) throw new LoopToolError('dataset-unreadable', l10n.t('The sample could not be read. Save the file, then ask again.'));
  // What cannot be asked is said before a model is chosen.
  const prepared = await (await editorModelAsk()).prepareEditorModelAsk(project.directory, given.data, task);
  const model = await chooseModel(await source.selectChatModels(), task);
  if (model === undefined) return;
  services.log.info(`Sample ${task} by a model of the editor: ${model.vendor} ${model.id}, record ${record + 1}, step ${step + 1}`);
  const replies = await window.withProgress({ location: ProgressLocation.Notification, title: l10n.t('Asking {0} about record {1}', model.name, record + 1), cancellable: true }, (_progress, token) => sendAll(model, prepared.requests, token));
  if (replies === undefined) return;
  await tell(services, { record, project: project.label, model: model.name }, prepared.read(replies, model.name));
}

async function chooseModel(models: readonly LanguageModelChat[], task: EditorModelTask): Promise<LanguageModelChat | undefined> {
  if (models.length === 0) {
    void window.showInformationMessage(l10n.t('VS Code offers no language model in this window. Install an extension that brings some and sign in to it, or ask the models of looptool.json.'));
    return undefined;
  }
  // Names come from other extensions.
  const items = models.map((model) => ({ label: model.name.replaceAll('$(', '$ ('), description: `${model.vendor} · ${model.family}`.replaceAll('$(', '$ ('), detail: l10n.t('up to {0} tokens', model.maxInputTokens), model }));
  const title = task === 'answer' ? l10n.t('LoopTool: which model shall answer this sample?') : l10n.t('LoopTool: which model shall judge this sample?');
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('The sample is sent to the provider of the model. The answer is shown and not recorded'), matchOnDescription: true });
  return picked?.model;
}

/** One reply for each request; undefined when it was cancelled. The editor asks for consent by itself. */
async function sendAll(model: LanguageModelChat, requests: readonly EditorRequest[], token: CancellationToken): Promise<readonly (readonly EditorReplyPart[])[] | undefined> {
  const replies: (readonly EditorReplyPart[])[] = [];
  try {
    for (const request of requests) {
      await refuseTooLong(model, request, token);
      replies.push(await send(model, request, token));
      if (token.isCancellationRequested) return undefined;
    }
    return replies;
  } catch (error) {
    if (token.isCancellationRequested || error instanceof CancellationError) return undefined;
    throw refusal(model, error);
  }
}

async function send(model: LanguageModelChat, { messages, tools }: EditorRequest, token: CancellationToken): Promise<readonly EditorReplyPart[]> {
  const justification = l10n.t('LoopTool asks about the one sample that you chose.');
  const response = await model.sendRequest(messages.map(chatMessage), { justification, ...(tools.length === 0 ? {} : { tools: [...tools] }) }, token);
  const parts: EditorReplyPart[] = [];
  for await (const part of response.stream) {
    if (part instanceof LanguageModelTextPart) parts.push({ kind: 'text', text: part.value });
    else if (part instanceof LanguageModelToolCallPart) parts.push({ kind: 'call', name: part.name, input: part.input });
  }
  return parts;
}

function chatMessage({ role, parts }: EditorMessage): LanguageModelChatMessage {
  if (role === 'assistant') {
    return LanguageModelChatMessage.Assistant(parts.flatMap((part) => (part.kind === 'result' ? [] : [part.kind === 'text' ? new LanguageModelTextPart(part.text) : new LanguageModelToolCallPart(part.id, part.name, part.input)])));
  }
  return LanguageModelChatMessage.User(parts.flatMap((part) => (part.kind === 'call' ? [] : [part.kind === 'text' ? new LanguageModelTextPart(part.text) : new LanguageModelToolResultPart(part.id, [new LanguageModelTextPart(part.text)])])));
}

/** Some providers shorten what is too long without a word. Where they do not count, they are asked all the same. */
async function refuseTooLong(model: LanguageModelChat, { messages, tools }: EditorRequest, token: CancellationToken): Promise<void> {
  const text = [...messages.flatMap(({ parts }) => parts.map((part) => (part.kind === 'call' ? JSON.stringify(part.input) : part.text))), ...tools.map((tool) => JSON.stringify(tool))].join('\n');
  const tokens = await Promise.resolve(model.countTokens(text, token)).catch(() => 0);
  if (tokens <= model.maxInputTokens) return;
  throw new LoopToolError('endpoint-refused', l10n.t('The sample has about {0} tokens, and {1} takes {2}. Choose a model with more room.', tokens, model.name, model.maxInputTokens));
}

function refusal(model: LanguageModelChat, error: unknown): unknown {
  if (!(error instanceof LanguageModelError)) return error;
  const text = refusalText(model.name, error);
  return new LoopToolError('endpoint-refused', text, { cause: error });
}

function refusalText(name: string, { code, message }: LanguageModelError): string {
  switch (code) {
    case LanguageModelError.NoPermissions().code:
      return l10n.t('LoopTool may not use {0}: consent was not given. Ask again to be asked for it, or allow it under "Manage Language Model Access" in the menu of accounts.', name);
    case LanguageModelError.Blocked().code:
      return l10n.t('{0} takes no request now: its quota is used up, or its provider blocks this one ({1}). Wait, or choose another model.', name, message);
    case LanguageModelError.NotFound().code:
      return l10n.t('{0} is not there any more. Ask again and choose another model.', name);
    default:
      return l10n.t('{0} did not answer: {1}. Ask again, or choose another model.', name, message);
  }
}

async function tell(services: Services, { record, project, model }: { readonly record: number; readonly project: string; readonly model: string }, result: EditorModelResult): Promise<void> {
  const show = l10n.t('Show');
  // Models have a say in it, and notifications make links of what looks like one.
  const message = l10n.t('{0} on record {1}: {2}. Not recorded.', model, record + 1, resultLine(result)).replaceAll('](', '] (');
  if ((await window.showInformationMessage(message, show)) !== show) return;
  const uri = services.documents.put(`${project}/${l10n.t('{0} on record {1}', model, record + 1).replaceAll('/', '-')}.txt`, resultDocument(model, result));
  await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
}
