import { objectOf, parseJson } from '../../src/core/json/parse.ts';
import { canonicalJson, stringifyJson } from '../../src/core/json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json/value.ts';
import { checkBfcl } from '../../src/core/toolcall/bfcl/astChecker.ts';
import { officialReward } from '../../src/core/toolcall/looptool/officialReward.ts';
import { sameParsedContent } from '../../src/core/toolcall/looptool/parsedContent.ts';
import { validateFunctionCall } from '../../src/core/toolcall/looptool/validateCall.ts';
import { compileTools, type BfclLanguage } from '../../src/core/toolcall/bfcl/compileTools.ts';
import { parsePythonCalls } from '../../src/core/toolcall/pythonCalls.ts';

/** One comparison with a reference: the answer that a row of `file` records beside ours, both as short text. */
export type Measurement = {
  readonly file: string;
  readonly what: string;
  readonly compare: (row: JsonObject) => { readonly reference: string; readonly here: string };
};

export type Measured = {
  readonly file: string;
  readonly what: string;
  readonly rows: number;
  readonly agreed: number;
  readonly disagreements: readonly { readonly id: string; readonly reference: string; readonly here: string }[];
};

/** What has to agree, one entry each. */
export const measurements: readonly Measurement[] = [
  {
    file: 'loop_compare_vectors.jsonl',
    what: 'looptool: equal',
    compare: (row) => ({ reference: textOf(row['equal']), here: String(sameParsedContent(row['parsed1'] ?? null, row['parsed2'] ?? null)) }),
  },
  {
    file: 'loop_compare_vectors.jsonl',
    what: 'looptool: equal_without_length_check',
    compare: (row) => ({ reference: textOf(row['equal_without_length_check']), here: String(sameParsedContent(row['parsed1'] ?? null, row['parsed2'] ?? null, false)) }),
  },
  {
    file: 'loop_reward_vectors.jsonl',
    what: 'looptool: official score',
    compare: (row) => ({ reference: String(officialScore(row['scores'])), here: String(officialReward(textOf(row['ground_truth']), textOf(row['response']))) }),
  },
  {
    file: 'loop_validate_vectors.jsonl',
    what: 'looptool: valid, message',
    compare: (row) => {
      const { valid, message } = validateFunctionCall(row['call'] ?? null, list(row['tools']));
      return { reference: `${textOf(row['valid'])} ${textOf(row['message'])}`, here: `${valid} ${message}` };
    },
  },
  {
    file: 'bfcl_ast_vectors.jsonl',
    what: 'bfcl: valid, error_type',
    compare: (row) => {
      const tools = compileTools(row['function'] ?? null, language(row), row['underscore_to_dot'] === true);
      const verdict = checkBfcl(tools, list(row['model_output']), list(row['possible_answer']), textOf(row['category']));
      return { reference: `${textOf(row['valid'])} ${textOf(row['error_type'])}`, here: `${verdict.valid} ${verdict.errorType}` };
    },
  },
  {
    file: 'bfcl_pythonic_parse_vectors.jsonl',
    what: 'bfcl: parsed_ok, calls',
    compare: (row) => {
      const parsed = parsePythonCalls(textOf(row['text']), { mode: 'bfcl' });
      const calls = parsed.ok ? parsed.calls.map((call) => objectOf([[call.name, call.arguments]])) : null;
      return { reference: row['parsed_ok'] === true ? canonicalJson(row['calls'] ?? null) : 'refused', here: calls === null ? 'refused' : canonicalJson(calls) };
    },
  },
];

function language(row: JsonObject): BfclLanguage {
  return row['language'] === 'java' || row['language'] === 'javascript' ? row['language'] : 'python';
}

/** A recorded answer as text. */
function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : stringifyJson(value ?? null);
}

function officialScore(scores: JsonValue | undefined): number {
  return scores !== undefined && isJsonObject(scores) ? Number(scores['looptool_official']) : NaN;
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : []; // Array.isArray does not narrow readonly arrays.
}

/** Goes through the JSON Lines of a vector file. A line that cannot be read disagrees. */
export function measure(measurement: Measurement, text: string, mostShown = 10): Measured {
  const disagreements: { id: string; reference: string; here: string }[] = [];
  let rows = 0;
  let agreed = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    rows += 1;
    const parsed = parseJson(line);
    const found = parsed.ok && isJsonObject(parsed.value) ? measurement.compare(parsed.value) : { reference: 'a row', here: 'unreadable' };
    if (found.reference === found.here) agreed += 1;
    else if (disagreements.length < mostShown) disagreements.push({ id: parsed.ok && isJsonObject(parsed.value) ? textOf(parsed.value['vector_id']) : `line ${rows}`, ...found });
  }
  return { file: measurement.file, what: measurement.what, rows, agreed, disagreements };
}
