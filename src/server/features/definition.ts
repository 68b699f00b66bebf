import type { CancellationToken, DefinitionParams, Location } from 'vscode-languageserver/node';
import type { CallInRecord, ToolInRecord } from '../../core/dataset/recordTools.ts';
import type { SourcePath } from '../../core/json/path.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { companionDefinition } from '../dataset/companionTools.ts';
import { nameSpan, toolAt, type ToolAt } from '../dataset/toolAt.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature } from '../feature.ts';
import { rangeIn } from '../ranges.ts';

/** From a call to its tool's definition, in the record or in the file of the tools, and then its result, from an argument to the parameter, from a result to its call. */
export const definition: Feature = {
  capabilities: { definitionProvider: true },
  register: ({ connection, dataset }) => {
    connection.onDefinition(async ({ textDocument, position }: DefinitionParams, token: CancellationToken): Promise<Location[]> => {
      const open = dataset(textDocument.uri);
      const offset = open?.document.offsetAt(position);
      const record = offset === undefined ? undefined : open?.recordAt(offset);
      if (open === undefined || offset === undefined || record === undefined || token.isCancellationRequested) return [];
      const at = toolAt(record, offset);
      const found = placesAt(record, at).flatMap((path) => locationOf(open, record, path));
      const elsewhere = nameElsewhere(record, at);
      const location = elsewhere === undefined ? undefined : await companionDefinition(open.uri, record, elsewhere);
      return location === undefined ? found : [location, ...found];
    });
  },
};

function placesAt(record: RecordView, at: ToolAt | undefined): readonly SourcePath[] {
  switch (at?.kind) {
    case undefined:
      return [];
    case 'call':
      return [...definitionsOf(record, at.call.call.name).map(({ places }) => places.name ?? places.whole), ...resultsOf(record, at.call)];
    case 'argument':
      return definitionsOf(record, at.call.call.name).map(({ places }) => places.parameter(at.parameter)?.name ?? places.name ?? places.whole);
    case 'definition':
      return [at.tool.places.name ?? at.tool.places.whole];
    case 'parameter':
      return [at.tool.places.parameter(at.parameter)?.name ?? at.tool.places.whole];
    case 'result': {
      const { answers, tool } = at.result;
      const call = toolsOf(record).calls.find(({ message, index }) => message === answers?.message && index === answers.index);
      return call !== undefined ? [call.place.name] : tool === undefined ? [] : definitionsOf(record, tool).map(({ places }) => places.name ?? places.whole);
    }
  }
}

function definitionsOf(record: RecordView, name: string): readonly ToolInRecord[] {
  return toolsOf(record).tools.filter(({ tool, places }) => tool.name === name && isHere(places));
}

/** Tools of a companion file have the record, or what names them together, for a place. */
function isHere({ name, whole }: ToolInRecord['places']): boolean {
  return name !== undefined || whole.length > 0;
}

/** The tool that is asked for, where it is defined, but not in the record. */
function nameElsewhere(record: RecordView, at: ToolAt | undefined): string | undefined {
  const name = at?.kind === 'call' || at?.kind === 'argument' ? at.call.call.name : at?.kind === 'result' && at.result.answers === undefined ? at.result.tool : undefined;
  const isKnown = name !== undefined && record.companions.tools.length > 0 && record.samples.some(({ sample }) => sample.tools.some((tool) => tool.name === name));
  return isKnown && !toolsOf(record).tools.some(({ tool, places }) => tool.name === name && places.name !== undefined) ? name : undefined;
}

function resultsOf(record: RecordView, call: CallInRecord): readonly SourcePath[] {
  return toolsOf(record).results.filter(({ answers }) => answers?.message === call.message && answers.index === call.index).map(({ path }) => path);
}

function locationOf(dataset: OpenDataset, record: RecordView, path: SourcePath): Location[] {
  const span = nameSpan(record, path);
  return span === undefined ? [] : [{ uri: dataset.uri, range: rangeIn(dataset, span) }];
}
