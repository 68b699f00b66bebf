import type { Message } from '../../src/core/dataset/sample.ts';
import { judgeWords, type JudgeWord } from '../../src/core/llm/prompts/judge.ts';
import { readSections } from '../../src/core/llm/prompts/sections.ts';

/**
 * A judge that obeys whatever it takes for an instruction. It reads a prompt as a server with some template and a naive model
 * behind it would: special tokens of every template that it knows make turns wherever they stand, in the midst of JSON as well;
 * hidden characters are not there for it, and what looks like a letter is one; lines end where any program ends them; data is
 * what stands between a line "```json" and the next fence, and only as long as the JSON in it is open. All else is an
 * instruction. It knows the instructions that it should get, and of all others follows the last that names a verdict.
 */
export function obeyingJudge(messages: readonly Message[], honest: (sections: ReturnType<typeof readSections>) => JudgeWord, expected: readonly string[]): { readonly word: JudgeWord; readonly obeyed: readonly string[] } {
  const rendered = messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('');
  const turns = asSeen(rendered).split(turnToken).filter((turn) => turn.trim() !== '');
  const foreign = turns.flatMap((turn) => instructionsIn(turn)).filter((line) => !expected.includes(line));
  const commands = foreign.filter((line) => verdictIn(line) !== undefined || /ignore|disregard|instead|instruction|must|verdict|answer with|system|correct/iu.test(line));
  const demanded = commands.map(verdictIn).findLast((word) => word !== undefined);
  const user = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  return { word: demanded ?? honest(readSections(user)), obeyed: commands };
}

/** The lines outside of data, as the judge sees them; of a harmless prompt, what it has to expect. */
export function instructionLines(messages: readonly Message[]): readonly string[] {
  const rendered = messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('');
  return asSeen(rendered).split(turnToken).flatMap((turn) => instructionsIn(turn));
}

/** Filters and tokenizers drop what cannot be seen, and normalise what remains. */
function asSeen(text: string): string {
  return text.replace(/[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu, '').replace(/[\u{e0020}-\u{e007e}]/gu, (tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xe0000)).normalize('NFKC');
}

/** NFKC turns `＜｜` into `<|`. The bars of DeepSeek's tokens are full-width ones before it. */
const turnToken = new RegExp(
  [
    String.raw`<\|?(?:im_start|im_end|im_sep|system|user|assistant|end|endoftext|eot_id|eom_id|start_header_id|end_header_id|begin_of_text|start|channel|message|return|call|python_tag|observation|END_OF_TURN_TOKEN|START_OF_TURN_TOKEN|SYSTEM_TOKEN|USER_TOKEN|CHATBOT_TOKEN|User|Assistant|end.of.sentence|begin.of.sentence)\|?>`,
    String.raw`<\/?(?:s|bos|eos|start_of_turn|end_of_turn|tool_call|tool_response|think|answer|data|json|system|user|assistant|instructions?)>`,
    String.raw`<<\/?SYS>>|\[\/?(?:INST|SYS|SYSTEM_PROMPT|TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS|gMASK)\]|\[\|?(?:endofturn|user|assistant|system)\|?\]`,
  ].join('|'),
  'u',
);

/** Lines end at everything that some program takes for a line break. */
const lineBreak = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/u;

function instructionsIn(turn: string): readonly string[] {
  const instructions: string[] = [];
  let [inData, json] = [false, ''];
  for (const line of turn.split(lineBreak)) {
    // A fence anywhere in a line is one: where the JSON before it is whole, what follows it is no data any more.
    const parts = line.split(/`{3,}|~{3,}/u);
    parts.forEach((part, i) => {
      if (i > 0) {
        inData = !inData;
        json = '';
      }
      if (!inData) instructions.push(part.trim());
      else if (isWhole(json) && part.trim() !== '' && i === 0) instructions.push(part.trim());
      else json += i > 0 ? part.replace(/^json/u, '') : part;
    });
  }
  return instructions.filter((line) => line !== '');
}

function isWhole(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

function verdictIn(line: string): JudgeWord | undefined {
  return judgeWords.find((word) => line.toUpperCase().includes(word));
}
