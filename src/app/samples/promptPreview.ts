import type { Sample } from '../../core/dataset/sample.ts';
import { samplingSchema } from '../../core/llm/completionPort.ts';
import { checkPrompt } from '../../core/llm/template/promptChecks.ts';
import { ContextGuard } from '../../node/prompting/contextGuard.ts';
import { withPrompt } from '../../node/prompting/promptedPort.ts';
import { endpointModel, remoteEndpoints, type ProjectConfig } from '../../core/config/projectConfig.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { PromptPreview } from '../../protocol/promptPreview.ts';
import type { Connections } from '../connections.ts';

/** The prompt that the probe of a sample would send, without sending it. Throws LoopToolError where there is none. */
export async function previewPrompt(config: ProjectConfig, connections: Connections, sample: Sample, signal: AbortSignal): Promise<PromptPreview> {
  const { policy } = config.endpoints;
  const { prompting, note, server } = await connections.prompting('policy', signal);
  const sampling = samplingSchema.parse({ temperature: 0, maxTokens: config.probe.maxTokens });
  const made = withPrompt({ messages: sample.messages, tools: sample.tools, sampling, logProbs: true }, prompting);
  if (!made.ok) throw new LoopToolError('config-invalid', `There is no prompt: ${made.failure.message}. Choose another template (docs/prompting.md).`);
  const { request } = made;
  const text = request.rendered?.prompt ?? (await server.renderChat(request, signal));
  const counted = text === undefined ? await server.countChat(request, signal) : await countedText(text);
  const context = await server.context(signal);
  const refusal = await new ContextGuard(server).refuse(request, signal);
  const [remote] = remoteEndpoints(policy);
  return {
    model: policy.kind === 'embedded' ? 'policy' : endpointModel(policy),
    host: remote === undefined ? 'embedded' : new URL(remote.baseUrl).host,
    mode: prompting.mode,
    ...(prompting.mode === 'raw' && note ? { template: { name: prompting.template.name, hash: note.hash } } : {}),
    ...(text === undefined ? {} : { text }),
    ...(counted === undefined ? {} : { tokens: counted.tokens }),
    ...(counted?.pieces === undefined ? {} : { pieces: counted.pieces }),
    ...(context === undefined ? {} : { context }),
    maxTokens: sampling.maxTokens,
    ...(refusal === undefined ? {} : { refusal: refusal.message }),
    warnings: text === undefined ? [] : checkPrompt(text, sample, prompting.mode === 'raw' ? prompting.template.bosToken : undefined),
  };

  /** Where the server makes the prompt, it also counts it as such: a text of its own may be tokenised otherwise. */
  async function countedText(prompt: string): ReturnType<typeof server.countText> {
    const byText = await server.countText(prompt, signal, true);
    if (request.rendered) return byText;
    const byChat = await server.countChat(request, signal);
    return byChat === undefined || byChat.tokens === byText?.tokens ? byText : byChat;
  }
}
