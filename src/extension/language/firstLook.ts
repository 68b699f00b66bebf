import { outlineOf, type Outline } from './outline.ts';

export const firstLookCharacters = 4096;

/**
 * Places (`Outline`) that all have to be there. Each dialect has at least one line that its records show early: a long first
 * text hides everything behind it. Generous on purpose: the server, which knows for certain, keeps quiet about what is none.
 */
const signs: readonly (readonly string[])[] = [
  // Messages by role: openai-chat, trl, mistral, llamafactory-v1, when2call-sft, toolset, verl, tau-bench.
  ['messages[{role"'],
  ['messages[{content"'],
  ['chosen[{role"'],
  ['completion[{role"'],
  ['prompt[{role"'],
  ['prompt[{content"'],
  ['data_source"', 'prompt['],
  ['traj[{role"'],
  ['task_id', 'reward', 'info{'],
  ['responses_create_params{'],
  // Turns by speaker: hermes, sharegpt, toolace, rotbench, seal-tools, tooltalk.
  ['conversations[{from"'],
  ['conversations[{value"'],
  ['conversations[{role"'],
  ['conversations[{content"'],
  ['system"', 'conversations['],
  ['conversation[{text"'],
  ['conversation[{role"'],
  ['suites_used[', 'apis_used['],
  ['messages_display"'],
  ['role"', 'text"'],
  ['role"', 'api_name"', 'param_dict{'],
  // Instruction and output: looptool, toolrl, hammer, nestful.
  ['instruction"', 'input"'],
  ['instruction"', 'output"'],
  ['input"', 'output[{name"'],
  ['system"', 'user"', 'answer['],
  // A question with its answer: bfcl, bfcl-multi-turn, acebench, callnavi, when2call, xlam, seal-tools, toolbench.
  ['question[[{role"'],
  ['question[[{content"'],
  ['question[{role"'],
  ['question"', 'function['],
  ['question"', 'function{'],
  ['question"', 'correct_answer"'],
  ['question"', 'answers{', 'tools['],
  ['query"', 'answers'],
  ['query"', 'tools'],
  ['query[{role"'],
  ['query"', 'calling['],
  ['[{api"', '[{parameters{'],
  ['api_list[{api_name"'],
  ['answer_generation{'],
  ['win', 'tree{'],
  ['Function_Description{'],
  ['Instructions[', 'Golden_Answers['],
  ['Name"', 'Description"', 'Category"', 'Documentation"'],
  ['Name"', 'Description"', 'Category"', 'Introduction"'],
  ['user_scenario{'],
  ['evaluation_criteria{'],
  // Tools that stand before everything else.
  ['tools[{function{name"'],
  ['tools[{name"', 'tools[{description"'],
  ['tools[{name"', 'tools[{parameters{'],
  ['functions[{name"', 'functions[{description"'],
  // Files that are read beside others.
  ['id', 'ground_truth'],
  ['name"', 'description"', 'parameters{'],
  ['name"', 'description"', 'input_parameters{'],
  ['name"', 'description"', 'query_parameters{'],
  ['name"', 'description"', 'arguments{'],
  ['api_name"', 'parameters{'],
  ['api_name"', 'required_parameters['],
  ['function{name"', 'function{parameters{'],
];

/** What the texts of records say where a text is so long that nothing else shows. */
const marks = /<tools>|<tool_call>|\*\*Available Tools\*\*|\[BEGIN OF (TASK INSTRUCTION|AVAILABLE TOOLS)\]|functions in JSON format|\\"name\\":/;

/** Members whose text may hold tools. */
const withTools = ['instruction', 'system', 'tools', 'tools['];

/**
 * Whether the start of a JSON or JSON Lines document looks like a dataset of tool calls, from its first 4,096 characters and
 * without parsing: the language server, which knows for certain, is started only for these.
 */
export function looksLikeDataset(start: string): boolean {
  const outline = outlineOf(start.slice(0, firstLookCharacters));
  if (outline === undefined) return false;
  return signs.some((places) => places.every((place) => outline.places.has(place))) || hasMarks(outline) || isCatalogue(outline);
}

function hasMarks({ texts, cut }: Outline): boolean {
  if (cut === 'instruction') return true;
  if (cut === 'question' && /^\s*(user|system)\s*[:：]/i.test(texts.get('question') ?? '')) return true;
  return withTools.some((place) => marks.test(texts.get(place) ?? ''));
}

/** One object of tools by name. */
function isCatalogue({ places }: Outline): boolean {
  for (const place of places) if (/^[^{["]+\{(tool_name|api_name)"$/.test(place)) return true;
  return false;
}
