import { textMember } from '../../json/member.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Dialect, RecordReading } from '../dialect.ts';
import { refusal, singleSample } from '../reading/singleSample.ts';
import { readTranscript } from '../reading/transcript.ts';

/** Conversations of tau-bench's few-shot files, as one text. The calls are not in it (`assistant: None`), so it is a trace. */
export const dialect: Dialect = { id: 'tau-few-shot', name: 'tau-bench few-shot conversations', detect, read };

const speakers = new Set(['user', 'assistant', 'tool', 'system']);

function detect(record: JsonValue): number {
  return textMember(record, 'messages_display') === undefined ? 0 : 1;
}

function read(record: JsonValue): RecordReading {
  const text = textMember(record, 'messages_display');
  if (text === undefined) return refusal({ path: [], message: 'a conversation needs a text messages_display' });
  const turns = readTranscript(text, speakers, 'user');
  const [first] = turns;
  if (first === undefined) return refusal({ path: ['messages_display'], message: 'the conversation is empty' });
  return singleSample({
    tools: [],
    messages: [{ role: 'user', content: first.content }],
    label: { kind: 'trace', trace: turns.slice(1).map(({ speaker, content }) => ({ role: speaker, content })) },
    places: () => ({ tools: [], messages: [['messages_display', { from: first.from, to: first.to }]], label: ['messages_display', { from: first.to, to: text.length }], calls: [] }),
  });
}
