import { promptWarningText } from '../../core/llm/template/promptChecks.ts';
import { visibleText } from '../../core/text/visibleText.ts';
import type { PromptPreview } from '../../protocol/promptPreview.ts';

/** What is to be said of a prompt beside its text. */
export function promptText({ model, host, mode, template, text, tokens, context, maxTokens, refusal, warnings }: PromptPreview): string {
  const made = mode === 'chat' ? "the server's template" : `template ${template?.name ?? ''} (${template?.hash ?? ''})`;
  const count = tokens === undefined ? 'the server does not count tokens' : `${tokens} tokens`;
  const limit = context === undefined ? 'context unknown' : `context ${context}`;
  const lines = [
    `${model} at ${host}, ${mode}: ${made}`,
    `${count}, ${limit}, up to ${maxTokens} for the answer`,
    ...(text === undefined ? ['The server makes the prompt and does not show it.'] : []),
    ...(refusal === undefined ? [] : [`Not sent: ${refusal}.`]),
    ...warnings.map((warning) => `Warning: ${promptWarningText(warning)}`),
  ];
  return visibleText(lines.join('\n'));
}
