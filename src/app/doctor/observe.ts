import type { ServerBehaviour } from '../../protocol/serverReport.ts';
import { logProbRegions } from '../../core/llm/logProbRegions.ts';
import type { ModelAsker } from '../../node/servers/modelAsker.ts';
import { asCompletion, type Refusal, type Row, type Seen, type SeenReply } from '../../node/servers/readReply.ts';

/** The plain question: nothing of the user's, and an answer of one word. */
export const plainMessages = [{ role: 'user', content: 'Reply with the word ready.' }];

export type Plain = {
  readonly refused: Refusal | undefined;
  readonly reply: SeenReply | undefined;
  readonly names: ServerBehaviour['names'];
  readonly temperature: ServerBehaviour['temperature'];
  /** Log-probabilities before the temperature; undefined where it could not be told. */
  readonly raw: boolean | undefined;
};

const hot = 1.5;

/** Requests 4 to 6: does the server check names, how does it answer, what does the temperature do. */
export async function observePlain(asker: ModelAsker): Promise<Plain> {
  const nobody = await asker.chat({ messages: plainMessages, maxTokens: 1 }, 'looptool-no-such-model');
  const names = nobody.ok ? 'ignored' : nobody.refusal.status === 404 || nobody.refusal.status === 400 ? 'checked' : 'unknown';
  const seen = await asker.chat({ messages: plainMessages, maxTokens: 48, stream: true, logProbs: 2 });
  if (!seen.ok) return { refused: seen.refusal, reply: undefined, names, temperature: 'unknown', raw: undefined };
  const { reply } = seen;
  const warm = await asker.chat({ messages: plainMessages, maxTokens: 8, temperature: hot, logProbs: 2 });
  const raw = warm.ok ? beforeTemperature(reply.rows, warm.reply.rows) : undefined;
  return { refused: undefined, reply, names, temperature: await temperatureActs(asker, reply, warm), raw };
}

/** The first token is the same question in both: equal values are the model's own, flatter ones were divided by the temperature. */
export function beforeTemperature(cold: readonly Row[], warm: readonly Row[]): boolean | undefined {
  const [a, b] = [gap(cold[0]), gap(warm[0])];
  // Where one token takes everything, both say the same.
  if (a === undefined || b === undefined || a < 0.05 || a > 60) return undefined;
  const ratio = b / a;
  if (Math.abs(b - a) < 0.02 || Math.abs(ratio - 1) < 0.08) return true;
  return Math.abs(ratio - 1 / hot) < 0.08 ? false : undefined;
}

/** How far the second alternative of a token is behind the first. */
function gap(row: Row | undefined): number | undefined {
  const values = (row?.top ?? []).map(({ logprob }) => logprob).filter((value) => Number.isFinite(value) && value > -9999).sort((x, y) => y - x);
  const [first, second] = values;
  return first === undefined || second === undefined ? undefined : first - second;
}

/** Two more questions only where the hot answer is the cold one, which a sure model also gives. */
async function temperatureActs(asker: ModelAsker, cold: SeenReply, warm: Seen): Promise<ServerBehaviour['temperature']> {
  if (!warm.ok) return 'unknown';
  const text = (reply: SeenReply): string => reply.reasoning + reply.content;
  if (text(warm.reply) !== text(cold).slice(0, text(warm.reply).length)) return 'acts';
  const open = [{ role: 'user', content: 'Invent a name for a boat, then a colour, then a number between 1 and 1000.' }];
  const answers: SeenReply[] = [];
  for (const seed of [11, 12]) {
    const seen = await asker.chat({ messages: open, maxTokens: 24, temperature: hot, seed, logProbs: 2 });
    if (!seen.ok) return 'unknown';
    answers.push(seen.reply);
  }
  const [one, other] = answers;
  if (!one || !other || text(one) !== text(other)) return 'acts';
  return chanceOfEqual(one) < 0.02 ? 'ignored' : 'unknown';
}

/** Upper bound of the chance that sampling twice gives this text twice, from the two best alternatives of each token. Without them, long texts are taken to differ. */
function chanceOfEqual({ rows, content, reasoning }: SeenReply): number {
  if (rows.length === 0) return (reasoning + content).length > 30 ? 0 : 1;
  return rows.reduce((chance, row) => {
    const distance = gap(row);
    // Raw values; were they after the temperature, the bound would only be looser.
    return chance * (distance === undefined ? 1 : 1 / (1 + Math.exp(-distance / hot)));
  }, 1);
}

/** All exactly zero, or all but the first: processed values, or those of speculation. */
export function zeroRows(rows: readonly Row[]): boolean {
  return rows.length > 2 && rows.slice(1).every(({ logprob }) => logprob === 0);
}

export function coversOf(reply: SeenReply): ServerBehaviour['logprobs']['covers'] {
  return logProbRegions(asCompletion(reply), reply.rows.length)?.covers ?? null;
}

/** Rows and tokens of a reply, where more than the end token is missing. Where it is not counted, the same answer in one piece says how many there should be. */
export function lostRows({ rows, completionTokens }: SeenReply, whole?: SeenReply): { readonly rows: number; readonly tokens: number } | undefined {
  const tokens = completionTokens ?? (whole !== undefined && whole.rows.length > 0 ? whole.rows.length : undefined);
  return tokens !== undefined && tokens - rows.length > 1 ? { rows: rows.length, tokens } : undefined;
}
