import { describe, expect, it } from 'vitest';
import { FileChecker, type PlacedFinding } from '../../../src/app/datasets/fileChecker.ts';
import { splitText } from '../../../src/core/jsonl/recordSplitter.ts';
import { recommendedSettings } from '../../../src/core/rules/settings.ts';
import { callBlock, looptoolRow, weatherTool } from '../../builders/datasetText.ts';

function findings(named: boolean): readonly PlacedFinding[] {
  const rows = [looptoolRow([weatherTool], callBlock('get_weather', { city: 5 }), 'in Oslo'), 'not JSON', looptoolRow([weatherTool], callBlock('get_wether', { city: 'Rome' }), 'in Rome')];
  const checker = new FileChecker({ file: 'data.jsonl', dialect: 'looptool', fixedDialect: false, steps: 'all', companions: [], settings: recommendedSettings, suppressions: [], fix: false, named });
  return checker.check(splitText(`${rows.join('\n')}\n`)).findings;
}

describe('FileChecker', () => {
  it('finds the same whether or not findings tell whose they are', () => {
    const told = findings(true);
    const untold = findings(false);
    expect(told.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['argument-type', 'unreadable-record', 'unknown-tool']));
    expect(told.find(({ rule }) => rule === 'unknown-tool')?.sampleId).toMatch(/^smp_/);
    expect(untold).toEqual(told.map(({ sampleId: _, ...finding }) => ({ ...finding, print: '' })));
  });
});
