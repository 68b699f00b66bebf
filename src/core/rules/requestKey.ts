import type { Sample } from '../dataset/sample.ts';
import { shortHash } from './shortHash.ts';

/** Short requests are everybody's. */
const shortest = 20;

/** What a request is known by: its last user message without case, punctuation and spaces. */
export function requestKey(sample: Pick<Sample, 'messages'>): string | undefined {
  const text = sample.messages[lastUser(sample)]?.content ?? '';
  const plain = text.normalize('NFKC').toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
  return plain.length < shortest ? undefined : shortHash(plain);
}

/** Index of the last message of the user, -1 for none. */
export function lastUser({ messages }: Pick<Sample, 'messages'>): number {
  return messages.findLastIndex(({ role }) => role === 'user');
}
