import type { DoctorReport, ServerReport } from '../../protocol/serverReport.ts';
import { serverTitles } from '../../node/servers/serverKnowledge.ts';
import { lists } from '../../node/servers/contact.ts';
import { englishWords, type RowName, type ScreenWords } from './screenWords.ts';

export type ScreenRow = { readonly name: RowName; readonly text: string };

/** What was found out about one server, a line for each matter. */
export function screenRows(server: ServerReport, words: ScreenWords): readonly ScreenRow[] {
  const rows: ScreenRow[] = [];
  const add = (name: RowName, parts: readonly (string | false | null | undefined)[]): void => {
    const said = parts.filter((part) => typeof part === 'string' && part !== '');
    if (said.length > 0) rows.push({ name, text: said.join(', ') });
  };
  const title = server.kind === 'unknown' && server.state === 'unreachable' ? '' : [serverTitles[server.kind], server.version].filter(Boolean).join(' ');
  const simulated = server.state === 'simulated';
  add('server', [simulated ? words.simulated : title, words.state[server.state], !simulated && words.auth[server.auth]]);
  if (server.state === 'unreachable' || server.state === 'notStarted' || simulated) return rows;
  const { listed, ctx, slots, names } = server;
  add('model', [
    listed !== null && (lists(listed, server.model) ? words.listed : words.unlisted),
    ctx !== null && words.tokens(count(ctx)),
    slots !== null && words.slots(slots),
    names === 'checked' ? words.namesChecked : names === 'ignored' && words.namesIgnored,
  ]);
  if (server.refused !== null) return rows;
  addBehaviour(server, words, add);
  return rows;
}

type Add = (name: RowName, parts: readonly (string | false | null | undefined)[]) => void;

function addBehaviour(server: ServerReport, words: ScreenWords, add: Add): void {
  const { firstMs, streams, usage, logprobs, tools, tokenize, reasoning, structured } = server;
  add('answers', [typeof firstMs === 'number' && words.milliseconds(firstMs), streams === true ? words.streams : streams === false && words.noStream, usage === true ? words.usage : words.noUsage]);
  if (logprobs) add('logprobs', logProbs(logprobs, words));
  if (tools) add('tools', [words.tools[tools.mode]]);
  if (tokenize) {
    const { via, count: tokens, toolInPrompt } = tokenize;
    add('prompt', [tokens !== null ? words.counted(count(tokens), via ?? '') : via !== null && words.shownBy(via), toolInPrompt === true ? words.toolThere : toolInPrompt === false && words.toolMissing]);
  }
  if (tools) add('raw', [tools.rawVia === null ? words.no : words.via(tools.rawVia), tools.rawAgrees === true ? words.sameAsChat : tools.rawAgrees === false && words.otherThanChat]);
  if (reasoning) add('reasoning', reasoning.field === null ? [words.none] : [words.inField(reasoning.field), reasoning.off !== null && words.offBy(reasoning.off)]);
  if (structured) add('structured', [structured === 'none' ? words.no : structured === 'unknown' ? false : structured]);
  addRepeats(server, words, add);
}

function addRepeats({ repeatability, parallelism, temperature, fingerprint, weights }: ServerReport, words: ScreenWords, add: Add): void {
  if (repeatability) {
    const { equal, asked, largestDelta } = repeatability;
    add('greedy', [words.equal(equal, asked), largestDelta !== null && (largestDelta === 0 ? words.sameRows : words.delta(Number(largestDelta.toPrecision(1)).toString())), temperature === 'ignored' && words.temperatureIgnored]);
  }
  if (parallelism) add('parallel', [words.atOnce(parallelism.tried, parallelism.answered), parallelism.speedup !== null && words.speedup(parallelism.speedup.toFixed(1))]);
  const proof = weights ?? fingerprint;
  if (proof) add('fingerprint', [`${proof.slice(0, 19)}…`]);
}

function logProbs({ mode, raw, zeros, bytes, covers, stream, lost, prompt }: NonNullable<ServerReport['logprobs']>, words: ScreenWords): readonly (string | false)[] {
  if (mode === 'none') return [words.none];
  return [
    mode === 'n_probs' ? words.byNProbs : mode === 'raw' ? words.rawOnly : words.yes,
    covers !== null && words.covers[covers],
    zeros ? words.zeros : raw === true ? words.beforeTemperature : raw === false && words.afterTemperature,
    (stream === false || lost !== null) && words.incompleteStream,
    bytes && words.withBytes,
    prompt && words.ofPrompt,
  ];
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** One screen for each server, for a terminal. */
export function doctorText({ servers }: DoctorReport, now: number): string {
  return servers.map((server) => serverText(server, now)).join('\n\n');
}

export function serverHeading({ role, replica, model, baseUrl, state }: ServerReport): string {
  const who = role === undefined ? model : `${role}${replica === undefined ? '' : ` (replica ${replica})`}: ${model}`;
  if (who === '') return baseUrl;
  return state === 'notStarted' || state === 'simulated' ? who : `${who} at ${baseUrl}`;
}

function serverText(server: ServerReport, now: number): string {
  const rows = screenRows(server, englishWords);
  const width = Math.max(...Object.values(englishWords.label).map((label) => label.length));
  const problems = server.warnings.filter(({ severity }) => severity !== 'note').length;
  const end = !server.works ? 'cannot work' : server.state === 'notStarted' || server.state === 'simulated' ? 'ready' : problems === 0 ? 'in order' : `works, ${problems} ${problems === 1 ? 'problem' : 'problems'}`;
  const age = server.cached && server.checkedAt !== undefined ? ` (asked ${ago(now - Date.parse(server.checkedAt))}; --fresh asks again)` : server.requests === undefined ? '' : ` (${server.requests} requests)`;
  const lines = [serverHeading(server), ...rows.map(({ name, text }) => `  ${englishWords.label[name].padEnd(width)}  ${text}`), `  ${'in all'.padEnd(width)}  ${end}${age}`];
  const marks = { error: '✗', warning: '!', note: '·' };
  for (const { severity, seen, why, fix } of server.warnings) {
    lines.push('', ...wrapped(`  ${marks[severity]} `, `${seen} ${why}`), ...wrapped('    → ', fix));
  }
  return lines.join('\n');
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return 'just now';
  return minutes < 120 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}

const lineWidth = 110;

function wrapped(start: string, text: string): readonly string[] {
  const lines: string[] = [];
  let line = start;
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line !== start && line.length + word.length + 1 > lineWidth) {
      lines.push(line);
      line = ' '.repeat(start.length);
    }
    line += line.endsWith(' ') ? word : ` ${word}`;
  }
  return [...lines, line];
}
