import { MarkupKind, type CancellationToken, type Hover, type Position } from 'vscode-languageserver/node';
import type { Span } from '../../core/json/stringMap.ts';
import { argumentAt } from '../../core/schema/argumentFacts.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { toolIndexOf } from '../dataset/toolIndex.ts';
import { targetAt, type Target } from '../dataset/targetAt.ts';
import type { Feature, ServerContext } from '../feature.ts';
import { argumentText } from '../argumentTexts.ts';
import { argumentBlocks } from '../hover/argumentHover.ts';
import { joinBlocks } from '../hover/blocks.ts';
import { callTable, nameCode } from '../hover/callHover.ts';
import { contextHover } from '../hover/contextHover.ts';
import { cardBlocks } from '../hover/sampleCard.ts';
import { toolBlocks, usesOf } from '../hover/toolHover.ts';
import { callOfLabel, toolOfCall } from '../labelCalls.ts';
import { rangeIn } from '../ranges.ts';

/** Calls, arguments and tools where they stand, and at the start of a record what is known of it. */
export const hover: Feature = {
  capabilities: { hoverProvider: true },
  register: (server) => {
    server.connection.onHover(async ({ textDocument, position }, token) => {
      const before = server.dataset(textDocument.uri);
      if (before === undefined) return null;
      await usesCounted(before, token);
      // It may have been closed meanwhile.
      const dataset = server.dataset(textDocument.uri);
      return dataset === undefined || token.isCancellationRequested ? null : (hoverAt(server, dataset, position) ?? null);
    });
  },
};

const mostTurns = 4;
const fewRecords = 200;

/** Lets the uses of tools be counted, where that takes no more than a moment. */
async function usesCounted(dataset: OpenDataset, token: CancellationToken): Promise<void> {
  if (dataset.record(fewRecords) !== undefined) return;
  for (let turn = 0; turn < mostTurns && !toolIndexOf(dataset).isComplete && !token.isCancellationRequested; turn += 1) await toolIndexOf(dataset).hurry();
}

function hoverAt(server: ServerContext, dataset: OpenDataset, position: Position): Hover | undefined {
  const offset = dataset.document.offsetAt(position);
  const record = dataset.recordAt(offset);
  if (record === undefined) return undefined;
  const brace = braceOf(record);
  if (isAtStart(dataset, brace, position, offset)) return shown(dataset, cardBlocks(server, dataset, record), { start: brace, end: brace + 1 });
  const target = targetAt(record, offset);
  const blocks = blocksOf(server, dataset, target);
  if (blocks.length > 0) return shown(dataset, blocks, target.span);
  const context = contextHover(dataset, record, offset);
  return context === undefined || context.blocks.length === 0 ? undefined : shown(dataset, context.blocks, context.span);
}

/** Offset of the first character of a record that is not blank. */
function braceOf({ text, base }: RecordView): number {
  return base + Math.max(0, text.search(/\S/));
}

function isAtStart({ document }: OpenDataset, brace: number, { line, character }: Position, offset: number): boolean {
  return offset === brace || (character === 0 && document.positionAt(brace).line === line);
}

function shown(dataset: OpenDataset, blocks: readonly string[], span: Span): Hover {
  return { contents: { kind: MarkupKind.Markdown, value: joinBlocks(blocks) }, range: rangeIn(dataset, span) };
}

function blocksOf(server: ServerContext, dataset: OpenDataset, target: Target): readonly string[] {
  switch (target.kind) {
    case 'argument':
      return argumentBlocks(target);
    case 'callName':
    case 'call': {
      const { record, sample, call } = target;
      const tool = toolOfCall(target);
      const name = callOfLabel(target)?.name ?? '';
      const head = tool === undefined ? [`**Call** of ${nameCode(name)}`, ...usesOf(dataset, name)] : toolBlocks(dataset, tool);
      return [...head, ...callTable(record, sample, call, tool, server.results.of(dataset.uri, sample.sample.id))];
    }
    case 'tool':
      return definitionBlocks(dataset, target);
    case 'message':
    case 'label':
    case 'record':
      return [];
  }
}

function definitionBlocks(dataset: OpenDataset, { sample, tool: index, path }: Extract<Target, { kind: 'tool' }>): readonly string[] {
  const tool = sample.sample.tools[index];
  if (tool === undefined) return [];
  const inside = path.indexOf('properties') < 0 ? [] : path.slice(path.indexOf('properties')).filter((step) => step !== 'properties' && step !== 'items');
  const name = inside[0];
  const facts = name === undefined ? undefined : argumentAt(tool, [name]);
  return facts === undefined ? toolBlocks(dataset, tool) : [`**Argument** ${nameCode(facts.name)} of ${nameCode(tool.name)}`, argumentText(facts)];
}
