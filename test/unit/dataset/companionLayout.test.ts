import { describe, expect, it } from 'vitest';
import { companionCandidates, stemOf } from '../../../src/core/dataset/companionLayout.ts';

describe('companionCandidates', () => {
  it.each([
    ['possible_answer/{name}', { folder: 'possible_answer', file: 'a.b-data.json' }],
    ['{stem}-spec.json', { folder: '', file: 'a.b-data-spec.json' }],
    ['../{stem--data}-spec.json', { folder: '..', file: 'a.b-spec.json' }],
    ['docs/*.json', { folder: 'docs', any: '.json' }],
    ['../../x.json', { folder: '../..', file: 'x.json' }],
  ])('of %s', (path, candidate) => {
    expect(companionCandidates('a.b-data.json', { role: 'tools', paths: [path] })).toEqual([candidate]);
  });

  it('leaves out what does not fit the name, and keeps the order', () => {
    expect(companionCandidates('x.json', { role: 'tools', paths: ['{stem--data}-spec.json', 'b', 'a'] })).toEqual([{ folder: '', file: 'b' }, { folder: '', file: 'a' }]);
  });
});

describe('stemOf', () => {
  it.each([['a/b.c/file.tar.json', 'file.tar'], ['.hidden', '.hidden'], ['plain', 'plain'], ['C:\\x\\y.json', 'y']])('of %s is %s', (path, stem) => {
    expect(stemOf(path)).toBe(stem);
  });
});
