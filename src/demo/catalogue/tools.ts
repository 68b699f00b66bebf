import { calendarTools } from './calendar.ts';
import { foodTools } from './food.ts';
import { homeTools } from './home.ts';
import { messageTools } from './messages.ts';
import { musicTools } from './music.ts';
import { shoppingTools } from './shopping.ts';
import type { ToolSpec } from './toolSpec.ts';
import { travelTools } from './travel.ts';
import { weatherTools } from './weather.ts';

/** Every tool of the demo world. */
export const toolSpecs: readonly ToolSpec[] = [
  ...weatherTools, ...calendarTools, ...messageTools, ...shoppingTools, ...musicTools, ...homeTools, ...foodTools, ...travelTools,
];

const byNoun = new Map(toolSpecs.map((t) => [t.noun, t]));

export function toolByNoun(noun: string): ToolSpec {
  const tool = byNoun.get(noun);
  if (!tool) throw new Error(`the demo world has no tool "${noun}"`);
  return tool;
}

/** The tool's name in the data; other verbs are for pre-training. */
export function toolName(tool: ToolSpec, verb = 0): string {
  return `${tool.verbs[verb % tool.verbs.length] ?? tool.verbs[0]}_${tool.noun}`;
}
