import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { applyEdits } from '../../../src/core/dataset/labelEdit.ts';
import { structureEdits } from '../../../src/core/dataset/structureEdits.ts';
import { datasetEdits } from '../../../src/extension/language/projectDialect.ts';

vi.mock('vscode', () => ({}));

const project = '/home/ann/project';
const text = `{
  "datasets": {
    "seed": [{"path": "data/a.jsonl", "dialect": "xlam"}, {"path": "data/b.jsonl"}],
    "heldOut": [
      {"name": "h", "path": "held/"}
    ]
  }
}
`;

function chosen(file: string, dialect: string | undefined): string | undefined {
  const edits = datasetEdits(text, project, join(project, file), dialect);
  const changes = edits.length === 0 ? [] : structureEdits(text, 0, edits);
  return changes && applyEdits(text, changes);
}

describe('the dialect of a dataset in looptool.json', () => {
  it('is changed, added, and taken out, and nothing else', () => {
    expect(chosen('data/a.jsonl', 'hermes')).toBe(text.replace('"xlam"', '"hermes"'));
    expect(chosen('data/b.jsonl', 'hermes')).toBe(text.replace('{"path": "data/b.jsonl"}', '{"path": "data/b.jsonl", "dialect": "hermes"}'));
    expect(chosen('data/a.jsonl', undefined)).toBe(text.replace(', "dialect": "xlam"', ''));
  });

  it('is that of the folder that a file lies in', () => {
    expect(chosen('held/x/y.jsonl', 'hermes')).toContain('"path": "held/", "dialect": "hermes"');
  });

  it('is left alone for files that are no datasets of the project, and where the file says nothing to understand', () => {
    expect(chosen('data/c.jsonl', 'hermes')).toBe(text);
    expect(chosen('data/b.jsonl', undefined)).toBe(text);
    for (const other of ['', '[]', '{"datasets": 5}', '{"datasets": {"seed": [5, {"path": 5}]}}']) expect(datasetEdits(other, project, join(project, 'a'), 'hermes')).toEqual([]);
  });
});
