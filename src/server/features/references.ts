import { ResponseError, LSPErrorCodes, type Location } from 'vscode-languageserver/node';
import type { RecordTools } from '../../core/dataset/recordTools.ts';
import type { SourcePath } from '../../core/json/path.ts';
import { nameSpan, toolAt, type ToolAt } from '../dataset/toolAt.ts';
import { controlOf, projectFiles, recordsWithTool, workspaceFiles } from '../dataset/toolFiles.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature } from '../feature.ts';

/** More than this no list can show. */
const mostLocations = 20_000;

/** All calls of a tool, or of one of its parameters: in the open datasets, the project's files and the workspace. */
export const references: Feature = {
  capabilities: { referencesProvider: { workDoneProgress: true } },
  register: (server) => {
    server.connection.onReferences(async ({ textDocument, position, context }, token, progress) => {
      const open = server.dataset(textDocument.uri);
      const offset = open?.document.offsetAt(position);
      const record = offset === undefined ? undefined : open?.recordAt(offset);
      const subject = record === undefined || offset === undefined ? undefined : subjectOf(toolAt(record, offset));
      if (open === undefined || subject === undefined) return [];
      progress.begin('Looking for references', 0, subject.parameter ?? subject.tool, true);
      try {
        const control = controlOf(token, (done, total) => progress.report(Math.floor((100 * done) / Math.max(1, total))));
        const files = [...projectFiles(server, open.uri), ...(await workspaceFiles(server.folders(), control))];
        const others = server.datasets().filter((dataset) => dataset !== open);
        const found: Location[] = [];
        for await (const { uri, view, rangeOf } of recordsWithTool(server, subject.tool, files, [open, ...others], control)) {
          for (const path of namesIn(toolsOf(view), subject, context.includeDeclaration)) {
            const span = nameSpan(view, path);
            if (span !== undefined) found.push({ uri, range: rangeOf(span) });
          }
          if (found.length >= mostLocations) break;
        }
        if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled');
        return found.slice(0, mostLocations);
      } finally {
        progress.done();
      }
    });
  },
};

/** A tool, or a parameter of it. */
export type Subject = { readonly tool: string; readonly parameter?: string };

export function subjectOf(at: ToolAt | undefined): Subject | undefined {
  switch (at?.kind) {
    case undefined:
      return undefined;
    case 'call':
      return { tool: at.call.call.name };
    case 'argument':
      return { tool: at.call.call.name, parameter: at.parameter };
    case 'definition':
      return { tool: at.tool.tool.name };
    case 'parameter':
      return { tool: at.tool.tool.name, parameter: at.parameter };
    case 'result':
      return at.name === undefined || at.result.tool === undefined ? undefined : { tool: at.result.tool };
  }
}

function namesIn({ tools, calls }: RecordTools, { tool, parameter }: Subject, withDefinitions: boolean): readonly SourcePath[] {
  const definitions = withDefinitions ? tools.filter((one) => one.tool.name === tool) : [];
  const own = calls.filter(({ call, answers }) => call.name === tool && answers === undefined);
  if (parameter === undefined) return [...definitions.flatMap(({ places }) => (places.name === undefined ? [] : [places.name])), ...own.map(({ place }) => place.name)];
  return [
    ...definitions.map(({ places }) => places.parameter(parameter)?.name).filter((path) => path !== undefined),
    ...own.flatMap(({ call, place }): SourcePath[] => (place.arguments !== undefined && Object.hasOwn(call.arguments, parameter) ? [[...place.arguments, { key: parameter }]] : [])),
  ];
}
