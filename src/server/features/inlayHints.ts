import { InlayHintKind, type CancellationToken, type InlayHint } from 'vscode-languageserver/node';
import type { RecordSample } from '../../core/dataset/dialect.ts';
import { stringifySpaced } from '../../core/json/stringify.ts';
import { memberOf } from '../../core/json/tree.ts';
import { declaredDefault } from '../../core/rules/grounding/declaredDefault.ts';
import { toolArguments } from '../../core/schema/argumentFacts.ts';
import { typeName } from '../../core/schema/signature.ts';
import { visibleLine } from '../../core/text/visibleText.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import type { Feature } from '../feature.ts';
import { toolOfCall } from '../labelCalls.ts';

const section = 'looptool.inlayHints.enabled';

/** Types of arguments, and defaults that a label leaves out; only where the setting asks for them. */
export const inlayHints: Feature = {
  capabilities: { inlayHintProvider: true },
  register: (server) => {
    const { connection, client, dataset, settings } = server;
    settings.onDidChange(() => {
      if (client.workspace?.inlayHint?.refreshSupport === true) void connection.languages.inlayHint.refresh().catch(() => undefined);
    });
    connection.languages.inlayHint.on(async ({ textDocument, range }, token) => {
      const open = dataset(textDocument.uri);
      if (open === undefined || !(await settings.isOn(textDocument.uri, section, false)) || token.isCancellationRequested) return [];
      return hintsIn(open, open.document.offsetAt(range.start), open.document.offsetAt(range.end), token);
    });
  },
};

const mostHints = 2000;
const mostRecords = 500;
const longestHint = 40;

function hintsIn(dataset: OpenDataset, start: number, end: number, token: CancellationToken): InlayHint[] {
  const hints: InlayHint[] = [];
  const { first, count } = dataset.recordsIn(start, end);
  for (let index = first; index < first + Math.min(count, mostRecords) && hints.length < mostHints && !token.isCancellationRequested; index += 1) {
    const record = dataset.record(index);
    if (record === undefined) continue;
    for (const sample of record.samples) {
      for (const { offset, text, before } of callHints(record, sample)) {
        if (offset < start || offset > end || hints.length >= mostHints) continue;
        hints.push({ position: dataset.document.positionAt(offset), label: text, kind: before ? InlayHintKind.Type : InlayHintKind.Parameter, ...(before ? { paddingRight: true } : { paddingLeft: true, paddingRight: true }) });
      }
    }
  }
  return hints;
}

type Hint = { readonly offset: number; readonly text: string; readonly before: boolean };

function callHints(record: RecordView, sample: RecordSample): readonly Hint[] {
  const places = record.placesOf(sample);
  if (places.answers !== undefined) return [];
  return places.calls.flatMap((place, call) => {
    const tool = toolOfCall({ sample, call });
    const args = place.arguments === undefined ? undefined : record.locator.locate(place.arguments);
    if (tool === undefined || args?.node?.kind !== 'object') return [];
    const { node, map } = args;
    const toDocument = (offset: number): number => record.base + (map === undefined ? offset : map.toSource(offset));
    const hints: Hint[] = [];
    const leftOut: string[] = [];
    for (const facts of toolArguments(tool).values()) {
      const given = memberOf(node, facts.name);
      const byDefault = declaredDefault(facts.schema);
      if (given !== undefined) hints.push({ offset: toDocument(given.value.start), text: visibleLine(typeName(facts), longestHint), before: true });
      else if (byDefault !== undefined && byDefault !== null) leftOut.push(visibleLine(`${facts.name}: ${stringifySpaced(byDefault)}`, longestHint));
    }
    if (leftOut.length > 0) hints.push({ offset: toDocument(Math.max(node.start, node.end - 1)), text: leftOut.slice(0, 10).join(', '), before: false });
    return hints;
  });
}
