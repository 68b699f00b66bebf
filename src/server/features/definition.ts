import type { CancellationToken, DefinitionParams, Location } from 'vscode-languageserver/node';
import type { CallInRecord, ToolInRecord } from '../../core/dataset/recordTools.ts';
import type { SourcePath } from '../../core/json/path.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { nameSpan, toolAt } from '../dataset/toolAt.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature } from '../feature.ts';
import { rangeIn } from '../ranges.ts';

/** From a call to its tool's definition and then its result, from an argument to the parameter, from a result to its call. */
export const definition: Feature = {
  capabilities: { definitionProvider: true },
  register: ({ connection, dataset }) => {
    connection.onDefinition(({ textDocument, position }: DefinitionParams, token: CancellationToken): Location[] => {
      const open = dataset(textDocument.uri);
      const offset = open?.document.offsetAt(position);
      const record = offset === undefined ? undefined : open?.recordAt(offset);
      if (open === undefined || offset === undefined || record === undefined || token.isCancellationRequested) return [];
      return placesAt(record, offset).flatMap((path) => locationOf(open, record, path));
    });
  },
};

function placesAt(record: RecordView, offset: number): readonly SourcePath[] {
  const at = toolAt(record, offset);
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
  return toolsOf(record).tools.filter(({ tool }) => tool.name === name);
}

function resultsOf(record: RecordView, call: CallInRecord): readonly SourcePath[] {
  return toolsOf(record).results.filter(({ answers }) => answers?.message === call.message && answers.index === call.index).map(({ path }) => path);
}

function locationOf(dataset: OpenDataset, record: RecordView, path: SourcePath): Location[] {
  const span = nameSpan(record, path);
  return span === undefined ? [] : [{ uri: dataset.uri, range: rangeIn(dataset, span) }];
}
