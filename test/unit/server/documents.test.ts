import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { DatasetDocument, type CheckControl } from '../../../src/server/documents.ts';
import type { Companions } from '../../../src/core/dataset/companions.ts';
import { toDiagnostics } from '../../../src/server/diagnostics.ts';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../../builders/datasetText.ts';

const patient: CheckControl = { isStale: () => false, pause: () => Promise.resolve() };
const good = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }));
const wrong = looptoolRow([weatherTool], callBlock('get_weather', { city: 5 }));

async function shown(text: string, document = new DatasetDocument()): Promise<string[]> {
  const findings = await document.check(text, patient);
  return (findings ?? []).map((f) => `${f.rule} ${f.range.start}: ${text.slice(f.range.start, f.range.end)}`);
}

describe('an open dataset', () => {
  test('gives after any edits what it gives when opened afresh', async () => {
    const piece = fc.constantFrom(good, wrong, '\n', '\r\n', '', '{"instruction": 1}', '{"broken', ' ', openaiRow([weatherTool], [{ name: 'nope', arguments: {} }]));
    const text = fc.array(piece, { maxLength: 8 }).map((parts) => `${wrong}\n${parts.join('\n')}`);
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 2, maxLength: 4 }), fc.nat(), fc.nat(), async (texts, from, length) => {
        const document = new DatasetDocument();
        for (const one of [...texts, cut(texts[0] ?? '', from, length)]) expect(await shown(one, document)).toEqual(await shown(one));
      }),
      { numRuns: 60 },
    );
  });

  test('checks again only the lines that an edit touched', async () => {
    const document = new DatasetDocument();
    const lines = Array.from({ length: 2000 }, () => wrong);
    let pauses = 0;
    const counting: CheckControl = { isStale: () => false, pause: () => Promise.resolve(void (pauses += 1)) };
    expect(await document.check(lines.join('\n'), counting)).toHaveLength(2000);
    expect(pauses).toBeGreaterThan(3);
    pauses = 0;
    lines[1000] = good;
    expect(await document.check(lines.join('\n'), counting)).toHaveLength(1999);
    expect(pauses).toBe(0);
  });

  test('stops when its text is stale, and is right the next time', async () => {
    const document = new DatasetDocument();
    const text = Array.from({ length: 2000 }, () => wrong).join('\n');
    expect(await document.check(text, { ...patient, isStale: () => true })).toBeUndefined();
    expect(await document.check(text, patient)).toHaveLength(2000);
  });

  test('leaves files alone that are no datasets', async () => {
    for (const text of ['', '{"name": "looptool"}', '{\n  "name": "looptool"\n}', '[1, 2]', '{"a":1}\n{"a":2}', 'no JSON at all']) expect(await shown(text)).toEqual([]);
  });

  test('reads questions with their companion files, and dialogues of many lines as one', async () => {
    const question = (id: string): string => JSON.stringify({ id, question: [[{ role: 'user', content: 'x' }]], function: [{ name: 'f', description: 'd', parameters: { type: 'dict', properties: {} } }] });
    const text = `${question('simple_0')}\n${question('simple_1')}`;
    const answers: Companions = { answers: [{ stem: 'q', path: 'q', records: [{ id: 'simple_1', ground_truth: [{ f: {} }] }] }], tools: [] };
    const asked: string[] = [];
    const document = new DatasetDocument((dialect) => Promise.resolve((asked.push(dialect.id), answers)));
    expect(await shown(text, document)).toEqual(['unreadable-record 6: "']);
    expect(asked).toEqual(['bfcl']);
    expect(await shown(text)).toHaveLength(2);
    expect(await shown('{"role": "User", "text": "Wake me"}\n{"role": "AI", "text": "Done."}')).toEqual([]);
  });

  test('reads arrays and records over several lines as a whole', async () => {
    expect(await shown(`[\n${looptoolRow([weatherTool], callBlock('get_weather', { city: 'Oslo' }), 'How is Oslo?')},\n${wrong}\n]`)).toHaveLength(1);
    expect(await shown(JSON.stringify(JSON.parse(wrong), null, 2))).toHaveLength(1);
    expect(await shown(`\uFEFF${wrong}\r\n`)).toHaveLength(1);
  });
});

test('the worst findings are shown where there are too many, and a note says so', () => {
  const document = TextDocument.create('file:///a.jsonl', 'jsonl', 1, 'x'.repeat(2000));
  const findings = Array.from({ length: 1500 }, (_, i) => ({ rule: 'r', severity: i < 1000 ? ('warning' as const) : ('error' as const), message: 'm', range: { start: i, end: i + 1 } }));
  const diagnostics = toDiagnostics(document, findings);
  expect(diagnostics).toHaveLength(900);
  expect(diagnostics.filter((d) => d.severity === 1)).toHaveLength(500);
  expect(diagnostics[0]?.message).toMatch(/^601 more findings/);
});

function cut(text: string, from: number, length: number): string {
  const at = text.length === 0 ? 0 : from % text.length;
  return text.slice(0, at) + text.slice(at + (length % 50));
}
