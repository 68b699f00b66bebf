import { describe, expect, test } from 'vitest';
import { RecordLocator } from '../../../src/core/dataset/locate.ts';
import { noCompanions } from '../../../src/core/dataset/companions.ts';
import { recordTools } from '../../../src/core/dataset/recordTools.ts';
import { dialectById } from '../../../src/core/dataset/registry.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import type { SourcePath } from '../../../src/core/json/path.ts';
import { dialectRows } from '../../builders/dialectRows.ts';

function toolsOf(dialect: string, row: unknown): { readonly tools: string[]; readonly calls: string[]; readonly results: string[] } {
  const text = JSON.stringify(row);
  const parsed = parseJson(text);
  const read = parsed.ok ? dialectById(dialect)?.read(parsed.value, { steps: 'all', companions: noCompanions }) : undefined;
  const locator = new RecordLocator(text, 0);
  const at = (path: SourcePath | undefined): string => {
    const place = path && locator.locate(path);
    return place === undefined ? 'nowhere' : text.slice(place.span.start, place.span.end).replaceAll('\\', '').replaceAll('"', '');
  };
  const found = recordTools(locator, read?.samples ?? [], parsed.ok ? parsed.value : undefined);
  return {
    tools: found.tools.map(({ tool, places }) => `${tool.name} at ${at(places.name)}${Object.keys((tool.parameters?.['properties'] ?? tool.parameters ?? {}) as object).map((name) => `, ${name} at ${at(places.parameter(name)?.name)}`).join('')}`),
    calls: found.calls.map(({ call, place, message, index }) => `${message}.${index} ${call.name} at ${at(place.name)}`),
    results: found.results.map(({ tool, name, answers }) => `${tool ?? '?'} at ${at(name)} answers ${answers?.message ?? '?'}.${answers?.index ?? '?'}`),
  };
}

describe('the tools of a record', () => {
  test.each(dialectRows.map(([dialect, what, row]) => [`${dialect}, ${what}`, dialect, row] as const))('%s', (_title, dialect, row) => {
    expect(toolsOf(dialect, row)).toMatchSnapshot();
  });
});
