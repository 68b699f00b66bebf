import type { CompletionFailure, CompletionOutcome, CompletionPort, CompletionRequest } from '../../core/llm/completionPort.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { PromptTemplate } from '../../core/llm/template/promptTemplate.ts';
import type { ContextGuard } from './contextGuard.ts';

type Request = Omit<CompletionRequest, 'model'>;

export type Prompting =
  | { readonly mode: 'chat'; readonly templateArgs: JsonObject | undefined }
  | { readonly mode: 'raw'; readonly template: PromptTemplate; /** The server writes the token of a beginning by itself. */ readonly addsBos: boolean };

/** The port with an endpoint's way to make prompts. What cannot be rendered, or cannot fit, is a failure of that request and is not sent. */
export function promptedPort(port: CompletionPort, prompting: Prompting, guard?: ContextGuard): CompletionPort {
  return {
    description: port.description,
    concurrency: port.concurrency,
    ...(port.used === undefined ? {} : { used: () => port.used?.() ?? {} }),
    async complete(request, signal) {
      const prompted = withPrompt(request, prompting);
      if (!prompted.ok) return unsent(prompted.failure);
      const refusal = await guard?.refuse(prompted.request, signal);
      if (refusal) return unsent(refusal);
      const outcome = await port.complete(prompted.request, signal);
      if (!outcome.ok) return outcome;
      guard?.answered(prompted.request, outcome.reply.promptTokens);
      return { ...outcome, reply: prompted.openReasoning ? { ...outcome.reply, content: `<think>\n${outcome.reply.content}` } : outcome.reply };
    },
  };
}

type Prompted = { readonly ok: true; readonly request: Request; readonly openReasoning: boolean } | { readonly ok: false; readonly failure: CompletionFailure };

/** The request as it is sent. `openReasoning`: the prompt itself has begun the reasoning, which the reply goes on with. */
export function withPrompt(request: Request, prompting: Prompting): Prompted {
  if (prompting.mode === 'chat') {
    const { templateArgs } = prompting;
    return { ok: true, openReasoning: false, request: templateArgs === undefined ? request : { ...request, templateArgs } };
  }
  const { template, addsBos } = prompting;
  const rendered = template.render(request);
  if (!rendered.ok) {
    const { message, place } = rendered;
    const where = place === undefined ? '' : ` (line ${place.line}, column ${place.column})`;
    return { ok: false, failure: { kind: 'bad-request', status: undefined, message: `the template ${template.name} makes no prompt of this conversation${where}: ${message}; nothing was sent`, retryable: false } };
  }
  const { bosToken, stop } = template;
  const prompt = addsBos && bosToken && rendered.text.startsWith(bosToken) ? rendered.text.slice(bosToken.length) : rendered.text;
  return { ok: true, openReasoning: /<think>\s*$/u.test(prompt), request: { ...request, rendered: { prompt, stop } } };
}

/** No attempt was made. */
function unsent(failure: CompletionFailure): CompletionOutcome {
  return { ok: false, failure, attempts: 0, elapsedMs: 0 };
}
