/* Measures the rules on real label corrections: a fix is hit when a rule flags the label before it and not the one after it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseJson } from '../src/core/json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../src/core/json/value.ts';
import { checkSample, type RuleHit } from '../src/core/rules/recordChecker.ts';
import { rules } from '../src/core/rules/rules.generated.ts';
import type { SampleContext } from '../src/core/rules/sampleContext.ts';
import { activeRules, recommendedSettings } from '../src/core/rules/settings.ts';
import { bfclContext, plainContext } from './labelFixes/bfclSamples.ts';
import { printTables, summarise, type Fix, type Flagged } from './labelFixes/report.ts';

const { values: options } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'boolean', default: false }, list: { type: 'boolean', default: false }, missed: { type: 'boolean', default: false }, part: { type: 'string' } } });
const active = activeRules(rules, recommendedSettings);
const folder = options.data ?? defaultFolder();
if (folder === undefined || !existsSync(join(folder, 'bfcl_label_fixes.jsonl'))) {
  console.error(`No label corrections at ${folder ?? 'the usual places'}. Name a folder that holds bfcl_label_fixes.jsonl with --data DIR.`);
  process.exit(2);
}
const fixes = rowsOf(join(folder, 'bfcl_label_fixes.jsonl')).map((row) => readFix(row, bfclContext)).filter(({ id }) => inPart(id));
const otherFile = join(folder, 'other_label_fixes.jsonl');
const others = (existsSync(otherFile) ? rowsOf(otherFile) : []).map((row) => readFix(row, text(row['source']).startsWith('gorilla') ? bfclContext : plainContext));
const { kept, absent } = neverChanged(folder);
const summary = summarise(fixes, others, kept, absent);
if (options.json) console.log(JSON.stringify(summary, null, 2));
else printTables(summary, { list: options.list ? kept : [], missed: options.missed ? fixes : [] });

function defaultFolder(): string | undefined {
  const own = process.env['LOOPTOOL_SHARED'];
  return [...(own === undefined ? [] : [own]), '../shared', '../../shared'].map((path) => join(path, 'data')).find((path) => existsSync(path));
}

/** Parts by a hash of the id: `a` was looked at while the rules were made, `b` after a first measurement, `c` never. */
function inPart(id: string): boolean {
  return options.part === undefined || options.part.includes(partOf(id));
}

function partOf(id: string): 'a' | 'b' | 'c' {
  const [first = 0, second = 0] = createHash('sha1').update(id).digest();
  return first % 2 === 0 ? 'a' : second % 2 === 0 ? 'b' : 'c';
}

function rowsOf(file: string): JsonObject[] {
  return readFileSync(file, 'utf8').split('\n').flatMap((line) => {
    const parsed = line.trim() === '' ? undefined : parseJson(line);
    return parsed?.ok === true && isJsonObject(parsed.value) ? [parsed.value] : [];
  });
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function readFix(row: JsonObject, read: typeof bfclContext): Fix {
  const tools = row['function'] ?? null;
  const toolsBefore = row['function_before'] ?? tools;
  const question = row['question_after'] ?? row['question'] ?? null;
  const questionBefore = row['question_before'] ?? question;
  return {
    id: text(row['id']), source: text(row['source']), tier: text(row['tier']), clean: row['clean'] === true,
    before: hitsOf(read(questionBefore, toolsBefore, row['before'] ?? null)),
    after: hitsOf(read(question, tools, row['after'] ?? null)),
  };
}

function hitsOf(context: SampleContext | undefined): readonly RuleHit[] | undefined {
  return context === undefined ? undefined : [...checkSample(context, active)];
}

function neverChanged(root: string): { readonly kept: readonly Flagged[]; readonly absent: number } {
  const listFile = join(root, 'bfcl_never_changed_ids.json');
  const bundle = join(root, 'data/bfcl');
  const parsed = existsSync(listFile) ? parseJson(readFileSync(listFile, 'utf8')) : undefined;
  const ids = parsed?.ok === true && Array.isArray(parsed.value) ? (parsed.value as readonly JsonValue[]).map(text) : [];
  const questions = byId(bundle);
  const answers = byId(join(bundle, 'possible_answer'));
  const kept = ids.filter(inPart).flatMap((id): Flagged[] => {
    const question = questions.get(id);
    const answer = answers.get(id);
    const hits = question === undefined || answer === undefined ? undefined : hitsOf(bfclContext(question['question'] ?? null, question['function'] ?? null, answer['ground_truth'] ?? null));
    return hits === undefined ? [] : [{ id, hits }];
  });
  return { kept, absent: ids.filter(inPart).length - kept.length };
}

function byId(dir: string): ReadonlyMap<string, JsonObject> {
  if (!existsSync(dir)) return new Map();
  return new Map(readdirSync(dir).filter((file) => /\.jsonl?$/.test(file)).flatMap((file) => rowsOf(join(dir, file))).map((row) => [text(row['id']), row]));
}
