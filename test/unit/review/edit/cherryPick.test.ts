import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label, ToolCall } from '../../../../src/core/dataset/sample.ts';
import { stringifyJson } from '../../../../src/core/json/stringify.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/json/value.ts';
import { applyPicks, pickable } from '../../../../src/core/review/edit/cherryPick.ts';
import { compareCalls } from '../../../../src/core/toolcall/compare.ts';
import { comparePossible } from '../../../../src/core/toolcall/possible.ts';
import { changedCalls } from '../answer/answers.ts';

const calls = (...list: ToolCall[]): Label => ({ kind: 'calls', calls: list });
const f = (args: JsonObject, name = 'f'): ToolCall => ({ name, arguments: args });
const callsIn = (label: Label): readonly ToolCall[] => (label.kind === 'calls' ? label.calls : []);

/** What the label's own call says beside possible answers. */
function firstChoices(call: ToolCall): ToolCall {
  return f(Object.fromEntries(Object.entries(call.arguments).flatMap(([key, accepted]) => {
    const first = (accepted as readonly JsonValue[]).find((value) => value !== '');
    return first === undefined ? [] : [[key, first]];
  })), call.name);
}

describe('cherry-pick', () => {
  it('leaves the label without picks and makes the prediction of it with all of them', () => {
    fc.assert(fc.property(changedCalls, ([label, got]) => {
      const [from, to] = [calls(...label), calls(...got)];
      const comparison = compareCalls(label, got);
      const picks = pickable(from, to, comparison);
      expect(applyPicks(from, to, [])).toBe(from);
      expect(compareCalls(callsIn(applyPicks(from, to, picks, comparison)), got).equal).toBe(true);
      expect(picks.length === 0).toBe(comparison.equal);
      expect(new Set(picks.map(({ id }) => id)).size).toBe(picks.length);
    }), { numRuns: 400 });
  });

  it('takes any part of the picks in any order, and changes nothing else', () => {
    fc.assert(fc.property(changedCalls.chain(([label, got]) => fc.tuple(fc.constant(label), fc.constant(got), fc.shuffledSubarray([...pickable(calls(...label), calls(...got))]))), ([label, got, chosen]) => {
      const [from, to] = [calls(...label), calls(...got)];
      const result = applyPicks(from, to, chosen);
      const left = pickable(from, to).filter(({ id }) => !chosen.some((pick) => pick.id === id));
      // What was not taken is what is left to take.
      const rest = applyPicks(from, to, [...chosen, ...left]);
      expect(compareCalls(callsIn(rest), got).equal).toBe(true);
      expect(callsIn(result).length).toBeGreaterThan(0);
      if (chosen.every(({ kind }) => kind === 'name')) expect(callsIn(result).map((call) => stringifyJson(call.arguments))).toEqual(label.map((call) => stringifyJson(call.arguments)));
    }), { numRuns: 200 });
  });

  it('takes a nested value, an argument, its removal, a call and a name one by one', () => {
    const label = calls(f({ city: 'Paris', place: { lat: 1, lon: 2 }, gone: true }), f({ x: 1 }, 'g'));
    const got = calls(f({ city: 'Lyon', place: { lat: 9, lon: 2 }, more: 3 }), f({ x: 1 }, 'h'), f({ y: 1 }, 'k'));
    const picks = pickable(label, got);
    expect(picks.map(({ kind, path }) => `${kind} ${path.join('.')}`)).toEqual(['set city', 'set place.lat', 'remove gone', 'set more', 'name ', 'addCall ']);
    const taken = (...kinds: number[]): readonly ToolCall[] => callsIn(applyPicks(label, got, kinds.flatMap((index) => picks[index] ?? [])));
    expect(taken(1)[0]?.arguments).toEqual({ city: 'Paris', place: { lat: 9, lon: 2 }, gone: true });
    expect(taken(0, 2)[0]?.arguments).toEqual({ city: 'Lyon', place: { lat: 1, lon: 2 } });
    expect(taken(4).map(({ name }) => name)).toEqual(['f', 'h']);
    expect(taken(5).map(({ name }) => name)).toEqual(['f', 'g', 'k']);
  });

  it('keeps possible answers that nothing was picked of, and narrows the others', () => {
    const possible = [f({ city: ['Paris', 'Paris, FR'], days: [5, ''], o: [{ k: ['a', 'b'], l: [1] }] })];
    const label: Label = { kind: 'calls', calls: [f({ city: 'Paris', days: 5, o: { k: 'a', l: 1 } })], possible };
    const got = calls(f({ city: 'Lyon', o: { k: 'b', l: 2 } }));
    const picks = pickable(label, got);
    expect(picks.map(({ path }) => path.join('.'))).toEqual(['city', 'o.l']);
    const one = applyPicks(label, got, picks.slice(1));
    expect(one).toMatchObject({ calls: [{ arguments: { city: 'Paris', days: 5, o: { k: 'b', l: 2 } } }], possible: [{ arguments: { city: ['Paris', 'Paris, FR'], days: [5, ''], o: [{ k: ['b'], l: [2] }] } }] });
    const all = applyPicks(label, got, picks);
    expect(comparePossible(all.kind === 'calls' ? (all.possible ?? []) : [], callsIn(got)).equal).toBe(true);
  });

  it('makes acceptable what was not, with all picks', () => {
    const value = fc.constantFrom<JsonValue>('a', 'b', 1, true, ['x'], ['x', 'y']);
    const args = fc.dictionary(fc.constantFrom('p', 'q', 'r'), value);
    const possible = fc.array(fc.record({ name: fc.constantFrom('f', 'g'), arguments: fc.dictionary(fc.constantFrom('p', 'q', 'r'), fc.array(fc.oneof(value, fc.constant('')), { minLength: 1, maxLength: 3 })) }), { minLength: 1, maxLength: 3 });
    fc.assert(fc.property(possible, fc.array(fc.record({ name: fc.constantFrom('f', 'g'), arguments: args }), { minLength: 1, maxLength: 3 }), (list, got) => {
      const label: Label = { kind: 'calls', calls: list.map((call) => firstChoices(call)), possible: list };
      const result = applyPicks(label, calls(...got), pickable(label, calls(...got)));
      expect(comparePossible(result.kind === 'calls' ? (result.possible ?? []) : [], got).equal).toBe(true);
    }), { numRuns: 300 });
  });

  it('takes the answer as a whole where one side has no calls', () => {
    const text: Label = { kind: 'text', text: 'Which city?' };
    const picks = pickable(calls(f({})), text);
    expect(picks.map(({ kind }) => kind)).toEqual(['answer']);
    expect(applyPicks(calls(f({})), text, picks)).toBe(text);
    expect(pickable(text, { kind: 'text', text: 'Which city?' })).toEqual([]);
    expect(pickable(text, undefined)).toEqual([]);
  });
});
