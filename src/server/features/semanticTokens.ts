import { SemanticTokensBuilder, SemanticTokensDeltaRequest, SemanticTokensRangeRequest, SemanticTokensRequest, type CancellationToken, type SemanticTokens } from 'vscode-languageserver/node';
import { recordTokens, type RecordToken, type TokenKind } from '../../core/dataset/recordTokens.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { splitRecords } from '../dataset/splitRecords.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature, ServerContext } from '../feature.ts';
import { requestTurns } from '../pause.ts';

const tokenTypes: readonly TokenKind[] = ['keyword', 'function', 'parameter', 'property', 'string', 'number', 'enumMember'];

/** Beyond this many characters the whole file is not answered for, only ranges: what is on the screen. */
const mostCharacters = 500_000;

export const semanticTokens: Feature = {
  capabilities: { semanticTokensProvider: { legend: { tokenTypes: [...tokenTypes], tokenModifiers: ['declaration'] }, range: true, full: { delta: true } } },
  register: ({ connection, dataset, onDidChange }: ServerContext) => {
    const builders = new Map<string, SemanticTokensBuilder>();
    onDidChange((uri) => {
      if (dataset(uri) === undefined) builders.delete(uri);
    });
    connection.onRequest(SemanticTokensRangeRequest.type, async ({ textDocument, range }, token): Promise<SemanticTokens | null> => {
      const open = dataset(textDocument.uri);
      const tokens = open && (await collect(open, open.document.offsetAt(range.start), open.document.offsetAt(range.end), token));
      return tokens === undefined ? null : filled(new SemanticTokensBuilder(), tokens).build();
    });
    const whole = async (uri: string, previous: string, token: CancellationToken): Promise<SemanticTokensBuilder | undefined> => {
      const open = small(dataset(uri));
      const tokens = open && (await collect(open, 0, open.document.length, token));
      if (tokens === undefined) return undefined;
      const builder = builders.get(uri) ?? new SemanticTokensBuilder();
      builders.set(uri, builder);
      builder.previousResult(previous);
      return filled(builder, tokens);
    };
    // No answer for a large file leaves the ranges in force.
    connection.onRequest(SemanticTokensRequest.type, async ({ textDocument }, token): Promise<SemanticTokens | null> => (await whole(textDocument.uri, '', token))?.build() ?? null);
    connection.onRequest(SemanticTokensDeltaRequest.type, async ({ textDocument, previousResultId }, token) => (await whole(textDocument.uri, previousResultId, token))?.buildEdits() ?? null);
  },
};

type Pushed = readonly [line: number, character: number, length: number, type: number, modifiers: number];

function filled(builder: SemanticTokensBuilder, tokens: readonly Pushed[]): SemanticTokensBuilder {
  for (const token of tokens) builder.push(...token);
  return builder;
}

function small(dataset: OpenDataset | undefined): OpenDataset | undefined {
  return dataset !== undefined && dataset.document.length <= mostCharacters ? dataset : undefined;
}

const known = new WeakMap<RecordView, readonly RecordToken[]>();

/** Undefined when the text changed on the way, or nobody waits any more. */
async function collect(dataset: OpenDataset, start: number, end: number, token: CancellationToken): Promise<readonly Pushed[] | undefined> {
  const { version } = dataset.document;
  const turns = requestTurns();
  const isStale = (): boolean => token.isCancellationRequested || dataset.document.version !== version;
  if (!(await splitRecords(dataset, end, turns, isStale))) return undefined;
  const { first, count } = dataset.recordsIn(start, end);
  const pushed: Pushed[] = [];
  for (let index = first; index < first + count; index += 1) {
    if (turns.isOver) await turns.next();
    if (isStale()) return undefined;
    const record = dataset.record(index);
    if (record === undefined) continue;
    let tokens = known.get(record);
    if (tokens === undefined) known.set(record, (tokens = recordTokens(record.locator, record.samples, toolsOf(record))));
    for (const { start: from, end: to, kind, declares } of tokens) {
      if (to + record.base < start || from + record.base > end) continue;
      const { line, character } = dataset.document.positionAt(from + record.base);
      pushed.push([line, character, to - from, tokenTypes.indexOf(kind), declares ? 1 : 0]);
    }
  }
  return pushed;
}
