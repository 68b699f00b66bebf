import { sha256Hex } from '../../core/hash.ts';
import { fingerprintPrompts } from '../../core/llm/fingerprintPrompts.ts';
import { replyText } from '../../core/loop/journalEntry.ts';
import type { ServerBehaviour } from '../../protocol/serverReport.ts';
import type { ModelAsker } from '../../node/servers/modelAsker.ts';
import { asCompletion, type Seen, type SeenReply } from '../../node/servers/readReply.ts';

const atOnce = 8;
const shortestMs = 200;

export type Repeats = Pick<ServerBehaviour, 'repeatability' | 'parallelism' | 'fingerprint'>;

/** One greedy question eight times one after the other and eight times at once: equal answers, and what the server does with several. */
export async function observeRepeats(asker: ModelAsker, now: () => number): Promise<Repeats> {
  const fingerprint = await fingerprintOf(asker);
  const one = (): Promise<Seen> => asker.chat({ messages: [{ role: 'user', content: 'Count from one to ten in words, then say which of these numbers are even.' }], maxTokens: 32, logProbs: 1 });
  const since = now();
  const single: Seen[] = [];
  for (let n = 0; n < atOnce; n++) single.push(await one());
  const between = now();
  const several = await Promise.all(Array.from({ length: atOnce }, one));
  const end = now();
  const replies = [...single, ...several].flatMap((seen) => (seen.ok ? [seen.reply] : []));
  const refused = several.find((seen) => !seen.ok);
  const answered = several.filter((seen) => seen.ok).length;
  // Of shorter times, most is not the server's.
  const speedup = answered === atOnce && end > between && between - since >= shortestMs ? (between - since) / (end - between) : null;
  return {
    fingerprint,
    repeatability: replies.length < 2 ? null : compared(replies),
    parallelism: { tried: atOnce, answered, refusedWith: refused && !refused.ok ? refused.refusal.status : null, speedup: speedup === null ? null : Math.round(speedup * 10) / 10 },
  };
}

function compared(replies: readonly SeenReply[]): NonNullable<Repeats['repeatability']> {
  const text = (reply: SeenReply): string => JSON.stringify([reply.reasoning, reply.content]);
  const counts = new Map<string, SeenReply[]>();
  for (const reply of replies) counts.set(text(reply), [...(counts.get(text(reply)) ?? []), reply]);
  const most = [...counts.values()].reduce((a, b) => (b.length > a.length ? b : a));
  const first = most[0];
  const deltas = most.flatMap((reply) => reply.rows.flatMap((row, at) => (first?.rows[at] === undefined ? [] : [Math.abs(row.logprob - first.rows[at].logprob)])));
  return { asked: replies.length, equal: most.length, largestDelta: deltas.length === 0 ? null : Math.max(...deltas) };
}

/** The same as a round takes of a policy behind a server (remoteFingerprint.ts). */
async function fingerprintOf(asker: ModelAsker): Promise<string | null> {
  const answers: string[] = [];
  for (const content of fingerprintPrompts) {
    const seen = await asker.chat({ messages: [{ role: 'user', content }], maxTokens: 16 });
    if (!seen.ok) return null;
    answers.push(replyText(asCompletion(seen.reply)));
  }
  return `sha256:${sha256Hex(JSON.stringify(answers))}`;
}
