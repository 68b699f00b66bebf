import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { readNumberedTools } from '../../../src/core/schema/numberedTools.ts';

const prompt = `You can use the following tools:
1. Name: get weather
Description: Looks it up: for a city.
Over two lines.
Parameters: {"city": {"type": "string", "description": "with } and \\" inside"}}
2. Name: stop
Description: Stops.
Parameters: {}
3. Name: spread
Parameters: {
  "days": {"type": "int"}
}

**Steps**
1. **Think:** about it.
`;

describe('tools that a prompt lists by number', () => {
  test('are read with name, description and parameters', () => {
    expect(readNumberedTools(prompt).map(({ tool }) => JSON.parse(JSON.stringify(tool)) as unknown)).toEqual([
      { name: 'get weather', description: 'Looks it up: for a city.\nOver two lines.', parameters: { city: { type: 'string', description: 'with } and " inside' } } },
      { name: 'stop', description: 'Stops.', parameters: {} },
      { name: 'spread', parameters: { days: { type: 'int' } } },
    ]);
  });

  test('carry the places of their parts', () => {
    const [first, second] = readNumberedTools(prompt);
    const cut = (span: { from: number; to: number } | undefined): string | undefined => (span === undefined ? undefined : prompt.slice(span.from, span.to));
    expect(cut(first?.name)).toBe('get weather');
    expect(cut(first?.parameters)).toBe('{"city": {"type": "string", "description": "with } and \\" inside"}}');
    expect(cut(second)).toBe('2. Name: stop\nDescription: Stops.\nParameters: {}');
  });

  test('are found indented, with CRLF and under Input, as ToolAlpaca has them', () => {
    const text = '1. Name: a\r\n   Description: d\r\n   Input: {"x": "Required. String. The x."}\r\n   Output: {"y": "z"}\r\n';
    expect(readNumberedTools(text)).toMatchObject([{ tool: { name: 'a', description: 'd', parameters: { x: 'Required. String. The x.' } } }]);
  });

  test('that are Python literals are read by whoever can', () => {
    const text = "1. Name: a\nDescription: d\nParameters: {'x': {'type': 'str', 'description': \"it's {one}\"}}\n2. Name: b\nDescription: d\nParameters: {'y': None}";
    const literals: string[] = [];
    const read = readNumberedTools(text, (literal): JsonValue => {
      literals.push(literal);
      return { read: true };
    });
    expect(literals).toEqual(["{'x': {'type': 'str', 'description': \"it's {one}\"}}", "{'y': None}"]);
    expect(read.map(({ tool }) => tool.parameters)).toEqual([{ read: true }, { read: true }]);
    expect(readNumberedTools(text).map(({ problem, tool }) => [problem, tool.parameters])).toEqual([['the parameters cannot be read', undefined], ['the parameters cannot be read', undefined]]);
  });

  test('without parameters or with broken ones are tools with a problem', () => {
    expect(readNumberedTools('1. Name: a\nDescription: d\n')).toMatchObject([{ tool: { name: 'a', description: 'd' }, problem: 'no parameters are given', from: 0, to: 25 }]);
    expect(readNumberedTools('1. Name: a\nParameters: {"x": \n')).toMatchObject([{ tool: { name: 'a' }, problem: 'the parameters cannot be read' }]);
    expect(readNumberedTools('1. Think\n2. Name:\n3. Done')).toEqual([]);
  });
});
