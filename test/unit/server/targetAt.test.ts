import { describe, expect, test } from 'vitest';
import { LiveText } from '../../../src/server/text/liveText.ts';
import { noCompanions } from '../../../src/core/dataset/companions.ts';
import type { RecordSample } from '../../../src/core/dataset/dialect.ts';
import type { Span } from '../../../src/core/json/stringMap.ts';
import type { SourcePath } from '../../../src/core/json/path.ts';
import { dialectById } from '../../../src/core/dataset/registry.ts';
import { LiveDataset } from '../../../src/server/dataset/liveDataset.ts';
import { RecordView } from '../../../src/server/dataset/recordView.ts';
import { targetAt, type Target } from '../../../src/server/dataset/targetAt.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { placesOf } from '../../../src/core/rules/places.ts';
import { benchmarkFiles } from '../../builders/benchmarkRecords.ts';
import { dialectRows } from '../../builders/dialectRows.ts';

/** The places of a sample that tell apart from those around them, innermost first, each with what a target in it says. */
function expectedAt(record: RecordView, offset: number): string {
  const inside = (path: SourcePath | undefined): Span | undefined => {
    const span = path === undefined ? undefined : record.locate(path);
    return span !== undefined && span.start <= offset && offset <= span.end ? span : undefined;
  };
  for (const [index, sample] of record.samples.entries()) {
    const places = record.placesOf(sample);
    if (places.answers !== undefined) continue;
    for (const [call, place] of places.calls.entries()) {
      if (inside(place.name) !== undefined) return `${index} callName ${call}`;
      const member = place.arguments === undefined ? undefined : memberOf(record, sample, place.arguments, call, offset);
      if (member !== undefined) return `${index} ${member}`;
      if (inside(place.arguments) !== undefined || inside(place.call) !== undefined) return `${index} call ${call}`;
    }
    if (places.label.length > 0 && inside(places.label) !== undefined) return `${index} label`;
  }
  for (const [index, sample] of record.samples.entries()) {
    const places = record.placesOf(sample);
    // Tools of a companion file have no definition in the record.
    const tool = places.tools.findIndex((path, own) => path.length > 0 && !places.tools.some((other, index) => index !== own && JSON.stringify(other) === JSON.stringify(path)) && inside(path) !== undefined);
    if (tool >= 0) return `${index} tool ${tool}`;
    const message = places.messages.findIndex((path) => inside(path) !== undefined);
    if (message >= 0) return `${index} message ${message}`;
  }
  return 'record';
}

/** An argument of the call at the offset, found by asking where each of them stands. */
function memberOf(record: RecordView, { sample: { label } }: RecordSample, args: SourcePath, call: number, offset: number): string | undefined {
  const names = label.kind === 'calls' ? Object.keys(label.calls[call]?.arguments ?? {}) : [];
  for (const name of names) {
    const key = record.locate([...args, { key: name }]);
    if (key !== undefined && key.start <= offset && offset <= key.end) return `argument ${call} ${name} key`;
    const value = record.locate([...args, name]);
    if (value !== undefined && value.start <= offset && offset <= value.end) return `argument ${call} ${name}`;
  }
  return undefined;
}

function said(record: RecordView, target: Target): string {
  switch (target.kind) {
    case 'record':
      return 'record';
    case 'argument':
      return `${record.samples.indexOf(target.sample)} argument ${target.call} ${String(target.path[0])}${target.inKey && target.path.length === 1 ? ' key' : ''}`;
    case 'callName':
    case 'call':
      return `${record.samples.indexOf(target.sample)} ${target.kind} ${target.call}`;
    case 'tool':
      return `${record.samples.indexOf(target.sample)} tool ${target.tool}`;
    case 'message':
      return `${record.samples.indexOf(target.sample)} message ${target.message}`;
    case 'label':
      return `${record.samples.indexOf(target.sample)} label`;
  }
}

function checkAll(record: RecordView): ReadonlySet<string> {
  const kinds = new Set<string>();
  for (let offset = record.span.start; offset <= record.span.end; offset += 1) {
    const target = targetAt(record, offset);
    kinds.add(target.kind);
    expect(`${offset} ${said(record, target)}`).toBe(`${offset} ${expectedAt(record, offset)}`);
    expect(target.span.start).toBeLessThanOrEqual(offset);
    expect(target.span.end).toBeGreaterThanOrEqual(offset);
  }
  return kinds;
}

describe('what stands at each offset', () => {
  test.each(dialectRows)('of %s (%s) is the part that is found there', (_dialect, _what, row) => {
    const text = `\n ${JSON.stringify(row)}\n`;
    const record = new LiveDataset(new LiveText('file:///a.jsonl', 'jsonl', 1, text), () => Promise.resolve(noCompanions)).record(0);
    if (record === undefined) throw new Error('no record');
    const kinds = checkAll(record);
    const label = record.samples.find(({ sample }) => sample.label.kind === 'calls');
    if (label !== undefined) expect([...kinds]).toEqual(expect.arrayContaining(['argument', 'callName', 'call']));
    if (record.samples.some(({ sample }) => sample.tools.length > 0)) expect([...kinds]).toContain('tool');
  });

  test.each(benchmarkFiles.map((file) => [file.dialect, file] as const))('of %s, with its companion files, is the part that is found there', (id, { records, companions }) => {
    const dialect = dialectById(id);
    if (dialect === undefined) throw new Error('no dialect');
    const lines = records.map((record) => stringifyJson(record));
    const text = lines.join('\n');
    const starts = lines.map((_, index) => lines.slice(0, index).join('\n').length + (index === 0 ? 0 : 1));
    const views = dialect.unit === 'file' ? [new RecordView({ index: 0, text, base: 3, starts, dialect, companions })] : lines.map((line, index) => new RecordView({ index, text: line, base: 3 * index, dialect, companions }));
    const samples = views.flatMap((view) => view.samples);
    expect(samples).not.toEqual([]);
    const kinds = new Set(views.flatMap((view) => [...checkAll(view)]));
    expect([...kinds]).toContain('message');
    if (samples.every((sample) => placesOf(sample).answers !== undefined)) expect([...kinds]).not.toContain('call');
  });

  test('of a broken record is the record', () => {
    const dialect = dialectById('looptool');
    if (dialect === undefined) throw new Error('no dialect');
    expect(checkAll(new RecordView({ index: 0, text: '{"instruction": "x", "output": ', base: 7, dialect, companions: noCompanions }))).toEqual(new Set(['record']));
  });
});
