import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { familyId, labelHash, makeSample, sampleId } from '../../../src/core/dataset/identity.ts';
import type { Message, Sample } from '../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { canonicalJson, stringifyJson, stringifySpaced } from '../../../src/core/json/stringify.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import * as build from '../../builders/samples.ts';

function shuffled(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(shuffled);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).reverse();
  const parsed = parseJson(`{${members.map(([key, member]) => `${JSON.stringify(key)}:${stringifyJson(shuffled(member))}`).join(',')}}`);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}

/** Every value that differs from the given one by one change somewhere inside. */
function mutations(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    return [[...items, null], ...items.flatMap((item, index) => mutations(item).map((changed) => items.with(index, changed)))];
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value);
    const rebuilt = entries.flatMap(([key, member]) => mutations(member).map((changed) => object([...entries.filter(([other]) => other !== key), [key, changed]])));
    return [object([...entries, ['new key', 1]]), ...entries.map(([key]) => object(entries.filter(([other]) => other !== key))), ...rebuilt];
  }
  if (typeof value === 'string') return [`${value}x`];
  return [stringifyJson(value), new JsonNumber('123456.5'), value === null ? false : null];
}

function object(entries: readonly (readonly [string, JsonValue])[]): JsonObject {
  const parsed = parseJson(`{${entries.map(([key, member]) => `${JSON.stringify(key)}:${stringifyJson(member)}`).join(',')}}`);
  if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('not an object');
  return parsed.value;
}

function withFirstArguments(sample: Sample, args: JsonObject): readonly Message[] {
  return [...sample.messages, { role: 'assistant', content: '', calls: [{ name: 'f', arguments: args }] }];
}

describe('sampleId', () => {
  it('does not depend on the order of keys or on white space', () => {
    fc.assert(
      fc.property(build.sample, build.jsonObject, (sample, args) => {
        const respaced = parseJson(stringifySpaced(shuffled(args)));
        if (!respaced.ok || !isJsonObject(respaced.value)) throw new Error('not an object');
        expect(sampleId(sample.tools, withFirstArguments(sample, respaced.value))).toBe(sampleId(sample.tools, withFirstArguments(sample, args)));
      }),
    );
  });

  it('does not depend on the label', () => {
    fc.assert(
      fc.property(build.sample, build.label, (sample, label) => {
        expect(makeSample({ ...sample, label }).id).toBe(sample.id);
      }),
    );
  });

  it('changes with any changed value', () => {
    fc.assert(
      fc.property(build.sample, build.jsonObject, (sample, args) => {
        const id = sampleId(sample.tools, withFirstArguments(sample, args));
        for (const changed of mutations(args).filter(isJsonObject)) {
          if (canonicalJson(changed) === canonicalJson(args)) continue;
          expect(sampleId(sample.tools, withFirstArguments(sample, changed))).not.toBe(id);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('changes with each part of tools and messages', () => {
    const { tools, messages } = build.forecastSample();
    const ids = [
      sampleId(tools, messages),
      sampleId([...tools].reverse(), messages),
      sampleId(tools.slice(1), messages),
      sampleId(tools.map((tool) => ({ ...tool, name: `${tool.name}2` })), messages),
      sampleId(tools.map((tool) => ({ ...tool, description: '' })), messages),
      sampleId(tools.map(({ name }) => ({ name })), messages),
      sampleId(tools.map((tool) => ({ ...tool, parameters: {} })), messages),
      sampleId(tools, messages.slice(1)),
      sampleId(tools, messages.slice(0, -1)),
      sampleId(tools, messages.map((message) => ({ ...message, content: `${message.content} ` }))),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells 5 from 5.0, from "5" and from true, but not 5.0 from 5e0', () => {
    const id = (value: JsonValue): string => sampleId([], withFirstArguments(build.forecastSample(), { value }));
    const values: readonly JsonValue[] = [5, new JsonNumber('5.0'), '5', true, [5], 6];
    expect(new Set(values.map(id)).size).toBe(values.length);
    expect(id(new JsonNumber('5e0'))).toBe(id(new JsonNumber('5.0')));
  });

  it('does not count what a tool message only repeats, but what it adds', () => {
    const calls = [{ name: 'a', arguments: {} }, { name: 'b', arguments: {} }];
    const id = (...results: readonly Message[]): string => sampleId([], [{ role: 'assistant', content: '', calls }, ...results]);
    const plain = id({ role: 'tool', content: '1' }, { role: 'tool', content: '2' });
    expect(id({ role: 'tool', content: '1', name: 'a', answers: 0 }, { role: 'tool', content: '2', name: 'b' })).toBe(plain);
    expect(id({ role: 'tool', content: '1', answers: 1 }, { role: 'tool', content: '2', answers: 0 })).not.toBe(plain);
    expect(id({ role: 'tool', content: '1', name: 'other' }, { role: 'tool', content: '2' })).not.toBe(plain);
  });

  it('does not count extras of tools', () => {
    const { tools, messages, id } = build.forecastSample();
    expect(sampleId(tools.map((tool) => ({ ...tool, extras: { category: 'Weather' } })), messages)).toBe(id);
  });
});

describe('labelHash', () => {
  it('is the same exactly for labels that say the same', () => {
    const labels = [
      { kind: 'calls', calls: [{ name: 'a', arguments: { x: 1 } }] },
      { kind: 'calls', calls: [{ name: 'a', arguments: { x: new JsonNumber('1.0') } }] },
      { kind: 'calls', calls: [{ name: 'a', arguments: { x: 1 } }, { name: 'a', arguments: { x: 1 } }] },
      { kind: 'text', text: 'a' },
      { kind: 'text', text: 'a', textKind: { kind: 'decline' } },
      { kind: 'text', text: 'a', textKind: { kind: 'ask' } },
      { kind: 'text', text: 'a', textKind: { kind: 'ask', argument: 'city' } },
      { kind: 'noCall' },
      { kind: 'anyCall' },
      { kind: 'trace', trace: [] },
      { kind: 'invalid', raw: 'a', reason: 'b' },
    ] as const;
    expect(new Set(labels.map(labelHash)).size).toBe(labels.length);
    expect(labelHash({ kind: 'invalid', raw: 'a', reason: 'said otherwise' })).toBe(labelHash({ kind: 'invalid', raw: 'a', reason: 'b' }));
  });
});

describe('familyId', () => {
  it('is shared by the steps of one dialogue and not by dialogues that start differently', () => {
    const { tools, messages, family } = build.forecastSample();
    expect(family).toBe(familyId(tools, messages.slice(0, 2)));
    expect(familyId(tools, messages.slice(0, 1))).not.toBe(family);
    expect(familyId(tools, [{ role: 'user', content: 'Hello' }, ...messages])).not.toBe(family);
  });
});
