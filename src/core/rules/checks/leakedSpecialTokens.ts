import type { SampleRule } from '../rule.ts';
import { lookingAtTexts } from '../texts.ts';

/** Special tokens of the chat templates in use; a literal mention in prose is as bad for a tokeniser as the real thing. */
const pattern = /<\|(?:im_start|im_end|endoftext|eot_id|eom_id|start_header_id|end_header_id|begin_of_text|end_of_text|python_tag|system|user|assistant|fim_[a-z]+)\|>|<\/?s>|\[\/?INST\]|\[(?:TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS)\]|<start_of_turn>|<end_of_turn>|<\uff5c[^\n\uff5c]{1,30}\uff5c>/;

export const rule: SampleRule = {
  id: 'leaked-special-tokens',
  scope: 'sample',
  severity: { strict: 'error', recommended: 'warning', lenient: 'warning' },
  docs: {
    summary: 'A message or the label holds a special token of a chat template as text.',
    why: 'Tokenisers read it as the real token: the turn ends in the middle, or another speaker seems to begin.',
    good: 'What is the weather in Oslo?',
    bad: 'What is the weather in Oslo?<|im_end|>',
    shownAt: 'the token',
  },
  check: lookingAtTexts((text) => {
    if (!text.includes('<') && !text.includes('[')) return undefined;
    const match = pattern.exec(text);
    return match === null ? undefined : [{ message: `the special token ${match[0]} stands in the text`, from: match.index, to: match.index + match[0].length, fixed: () => ({ title: `Remove ${match[0]}`, text: text.slice(0, match.index) + text.slice(match.index + match[0].length) }) }];
  }),
};
