import { describe, expect, it } from 'vitest';
import { filtered, grouped, nameOf, noFilter, type ListedFinding } from '../../../src/extension/findings/findingsModel.ts';

const finding = (rule: string, severity: ListedFinding['severity'], message: string, tool?: string): ListedFinding => ({ rule, severity, message, file: 'file:///data/a%20b.jsonl', record: 0, place: undefined, tool });
const list = [
  finding('duplicate-call', 'warning', 'twice', 'find'),
  finding('argument-type', 'error', 'days is string', 'weather'),
  finding('duplicate-call', 'error', 'twice more', 'weather'),
  finding('uncalled-tool', 'information', 'left out'),
  finding('argument-type', 'error', 'city is number', 'find'),
];

describe('findings of the view', () => {
  it('are grouped by rule, the worst and then the largest first, in the order in which they came', () => {
    expect(grouped(list, 'rule').map(({ key, severity, findings }) => [key, severity, findings.map(({ message }) => message)])).toEqual([
      ['argument-type', 'error', ['days is string', 'city is number']],
      ['duplicate-call', 'error', ['twice', 'twice more']],
      ['uncalled-tool', 'information', ['left out']],
    ]);
  });

  it('are grouped by tool, those about none together', () => {
    expect(grouped(list, 'tool').map(({ key, findings }) => [key, findings.length])).toEqual([['find', 2], ['weather', 2], ['', 1]]);
  });

  it('pass a filter of severities and words in message, rule, tool and file name', () => {
    const messages = (text: string, severities: readonly ListedFinding['severity'][] = noFilter.severities): readonly string[] => filtered(list, { severities, text }).map(({ message }) => message);
    expect(messages('')).toHaveLength(5);
    expect(messages('', ['warning'])).toEqual(['twice']);
    expect(messages('TWICE weather')).toEqual(['twice more']);
    expect(messages('uncalled')).toEqual(['left out']);
    expect(messages('a b.jsonl')).toHaveLength(5);
    expect(messages('data')).toEqual([]);
  });

  it('name their file as people read it, odd names too', () => {
    expect(nameOf('file:///data/a%20b.jsonl')).toBe('a b.jsonl');
    expect(nameOf('file:///data/100%.jsonl')).toBe('100%.jsonl');
  });
});
