/** Names what the labels of tests hold, so that no rule on made-up values speaks. */
const request = 'How is the weather in Paris, Oslo, Rome or Zürich? Two days ahead; 3 days where that can be; 5 at the most.';

/** A LoopTool row as text: tools as JSON lines in the instruction, the label as it stands. */
export function looptoolRow(tools: readonly unknown[], output: string, input = request): string {
  const lines = tools.map((tool) => JSON.stringify(tool)).join('\n');
  return JSON.stringify({ instruction: `# Tools\n<tools>\n${lines}\n</tools>\n`, input, output });
}

/** An OpenAI chat row as text; `calls` are written with their arguments as JSON strings, strings as they are. */
export function openaiRow(tools: readonly unknown[], calls: readonly { readonly name: string; readonly arguments: unknown }[], content = request): string {
  const toolCalls = calls.map((call, i) => ({
    id: `call_${i}`,
    type: 'function',
    function: { name: call.name, arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments) },
  }));
  return JSON.stringify({
    messages: [{ role: 'user', content }, { role: 'assistant', content: null, tool_calls: toolCalls }],
    tools: tools.map((tool) => ({ type: 'function', function: tool })),
  });
}

export function callBlock(name: string, args: unknown): string {
  return `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`;
}

export const weatherTool = {
  name: 'get_weather',
  description: 'Says how the weather is',
  parameters: {
    type: 'object',
    properties: {
      city: { type: 'string', minLength: 2 },
      days: { type: 'integer' },
      unit: { type: 'string', enum: ['celsius', 'kelvin'] },
      place: { type: 'object', properties: { lat: { type: 'number' }, lon: { type: 'number' } }, required: ['lat'] },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['city'],
  },
};
