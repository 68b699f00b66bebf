import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { looptoolRow, weatherTool } from '../../builders/datasetText.ts';

/** A LoopTool row that no rule has anything to say about; `index` keeps rows apart. */
export function goodRow(index: number): string {
  return looptoolRow([weatherTool], `<tool_call>\n${JSON.stringify({ name: 'get_weather', arguments: { city: place(index) } })}\n</tool_call>`, request(index));
}

/** The same with a call of a tool that there is not. */
export function unknownToolRow(index: number): string {
  return goodRow(index).replace('{\\"name\\": \\"get_weather\\"', '').replace('{\\"name\\":\\"get_weather\\",\\"arguments\\"', '{\\"name\\":\\"get_wether\\",\\"arguments\\"');
}

/** A call without arguments of a tool that needs none: safe fixes put `{}` there. */
export function bareCallRow(index: number): string {
  return looptoolRow([clock], `<tool_call>\n{"name": "get_time"}\n</tool_call>`, request(index));
}

export const clock = { name: 'get_time', description: 'Says how late it is', parameters: { type: 'object', properties: {} } };

/** Requests that are not near-duplicates of each other. */
export function request(index: number): string {
  const words = ['amber', 'basalt', 'cedar', 'delta', 'ember', 'fjord', 'garnet', 'harbour', 'indigo', 'juniper', 'kelp', 'lagoon', 'marble', 'nectar', 'opal', 'pebble'];
  const own = Array.from({ length: 8 }, (_, i) => words[(index * 7 + i * i * (index % 5) + i * 3 + Math.floor(index / 16)) % words.length]);
  return `<|im_start|>user\nTell me of ${place(index)}: ${own.join(' ')} ${index}?<|im_end|>\n`;
}

function place(index: number): string {
  return `Port${index}`;
}

export function writeLines(folder: string, name: string, lines: readonly string[], end = '\n'): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => line + end).join(''));
  return path;
}
