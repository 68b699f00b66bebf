import { badRequest } from '../apiError.ts';
import { readMessages, readTools } from '../chatMessages.ts';
import { readBody } from '../http/body.ts';
import { sendJson } from '../http/reply.ts';
import { conversationSchema, tokenizeRequestSchema } from '../requestSchemas.ts';
import type { ServedModel, ServedPrompt } from '../servedModel.ts';
import { findModel, type RouteContext } from './context.ts';

/** POST /apply-template: the prompt that messages and tools become, as llama.cpp answers it. */
export async function applyTemplate(context: RouteContext): Promise<void> {
  const body = await readBody(context.request, context.bodyLimitBytes, conversationSchema);
  const { text } = promptOf(findModel(context.models, body.model), { messages: readMessages(body.messages), tools: readTools(body.tools ?? []) });
  sendJson(context.response, 200, { prompt: text });
}

/** POST /tokenize: tokens of a text (`content`, special tokens in it count as such), or of the prompt that messages and tools become. */
export async function tokenize(context: RouteContext): Promise<void> {
  const body = await readBody(context.request, context.bodyLimitBytes, tokenizeRequestSchema);
  const { tokens } = promptOf(findModel(context.models, body.model), 'content' in body ? body.content : { messages: readMessages(body.messages), tools: readTools(body.tools ?? []) });
  sendJson(context.response, 200, { count: tokens.length, tokens: tokens.map(({ id, bytes }) => (body.with_pieces === true ? { id, piece: pieceOf(bytes) } : id)) });
}

function promptOf(model: ServedModel, prompt: Parameters<NonNullable<ServedModel['readPrompt']>>[0]): ServedPrompt {
  if (model.readPrompt === undefined) throw badRequest(`${model.id} has no tokens.`, 'model');
  return model.readPrompt(prompt);
}

/** Bytes where a token is a part of a character, as llama.cpp has it. */
function pieceOf(bytes: Uint8Array): string | readonly number[] {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return text.includes('\uFFFD') ? [...bytes] : text;
}
