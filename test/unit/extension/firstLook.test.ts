import { describe, expect, it } from 'vitest';
import { firstLookCharacters, looksLikeDataset } from '../../../src/extension/language/firstLook.ts';
import { writeRow } from '../../../src/core/dataset/registry.ts';
import { weatherSample } from '../../builders/builtProject.ts';

describe('the first look at a document', () => {
  it.each(['looptool', 'openai-chat'])('knows %s rows, one a line or in an array', (dialect) => {
    const row = writeRow(dialect, weatherSample(1)).slice(0, firstLookCharacters);
    expect(looksLikeDataset(row)).toBe(true);
    expect(looksLikeDataset(`[\n  ${row}`)).toBe(true);
  });

  it.each(['', '{', '[1, 2]', '"messages"', '{"name": "package", "scripts": {}}', '{"messages": 5}', '# markdown {"messages": ['])('passes over %j', (text) => {
    expect(looksLikeDataset(text)).toBe(false);
  });
});
