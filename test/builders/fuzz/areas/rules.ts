import { readDataset } from '../../../../src/core/dataset/dataset.ts';
import { labelHash, makeSample } from '../../../../src/core/dataset/identity.ts';
import { applyEdits } from '../../../../src/core/dataset/labelEdit.ts';
import { RecordLocator } from '../../../../src/core/dataset/locate.ts';
import { editsIn } from '../../../../src/core/dataset/structureEdits.ts';
import type { Message } from '../../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../../src/core/json/parse.ts';
import type { Rng } from '../../../../src/core/random/rng.ts';
import { checkDataset } from '../../../../src/core/rules/checkDataset.ts';
import { checkSample } from '../../../../src/core/rules/recordChecker.ts';
import { rules as everyRule } from '../../../../src/core/rules/rules.generated.ts';
import { SampleContext } from '../../../../src/core/rules/sampleContext.ts';
import { activeRules, type RuleSettings } from '../../../../src/core/rules/settings.ts';
import { must, type FuzzArea } from '../fuzzArea.ts';
import { hostileText } from '../hostile.ts';
import { hostileCalls, hostileLabel, hostileTool, nearlyThese, possibleOf } from '../labels.ts';
import { amplified } from '../mutate.ts';
import { mutatedSeed, writtenRecord } from '../seeds.ts';
import { argumentsFor, longText } from '../schemas.ts';

/** Strict, with the rules on that even that profile leaves off. */
const everything: RuleSettings = { profile: 'strict', rules: Object.fromEntries(everyRule.map(({ id }) => [id, { severity: 'warning' as const }])) };
const active = activeRules(everyRule, everything);

const requests = ['Two nights in Oslo from 2024-05-01 to 5/3/24, please; 5.5% of $1,200, for Ann (ann@example.org) or Bo.', 'How is the weather in Paris, Oslo, Rome or Zürich? 3 days where that can be.', "Play 'Für Elise' at half past five, every other Monday, and don't wake me before 7 am."];

export const rules: FuzzArea = {
  name: 'rules',
  make: (rng) => {
    if (rng.chance(0.5)) return ofSamples(rng);
    const seeds = Array.from({ length: rng.between(1, 3) }, () => mutatedSeed(rng));
    const rows = seeds.map(({ record }) => writtenRecord(rng, record));
    const text = seeds.length === 1 && rng.chance(0.3) ? `[${rows.join(',\n')}]` : rows.join('\n');
    return { size: text.length, show: () => text, run: () => checkText(rng, text, seeds[0]?.dialect) };
  },
};

function checkText(rng: Rng, text: string, dialect: string | undefined): void {
  const reading = readDataset(text, { file: 'x.jsonl', steps: rng.pick(['all', 'calls', 'last'] as const), dialect: rng.chance(0.5) ? dialect : undefined });
  const isJson = reading.container === 'array' && parseJson(text).ok;
  for (const finding of checkDataset(text, reading, everything)) {
    const { start, end } = finding.range;
    must(finding.message !== '' && start >= 0 && start <= end && end <= text.length, `${finding.rule} shows a place of the text`);
    for (const fix of finding.fixes ?? []) {
      const sample = reading.samples.find(({ occurrence }) => occurrence.record === finding.record);
      const edits = sample && editsIn(new RecordLocator(text, sample.starts ?? sample.start), fix.edits);
      if (edits !== undefined && isJson) must(parseJson(applyEdits(text, edits)).ok, `the fix of ${finding.rule} leaves JSON`);
    }
  }
}

function ofSamples(rng: Rng): ReturnType<FuzzArea['make']> {
  const tools = Array.from({ length: rng.between(1, 3) }, () => hostileTool(rng));
  const calls = tools.map(({ name, parameters }) => ({ name, arguments: argumentsFor(rng, parameters ?? {}) }));
  const said = (): string => (rng.chance(0.05) ? longText(rng) : rng.chance(0.05) ? amplified(rng, rng.pick(requests), 20_000) : rng.chance(0.5) ? `${rng.pick(requests)} ${hostileText(rng)}` : hostileText(rng));
  const messages: Message[] = Array.from({ length: rng.int(5) }, (): Message => {
    const content = said();
    const role = rng.pick(['system', 'user', 'assistant', 'tool'] as const);
    return role === 'assistant' ? { role, content, calls: rng.chance(0.5) ? hostileCalls(rng) : [] } : { role, content };
  });
  const near = nearlyThese(rng, calls);
  const label = rng.chance(0.4) || near.length === 0 ? hostileLabel(rng, tools.map(({ name }) => name)) : rng.chance(0.3) ? { kind: 'calls' as const, calls: near, possible: possibleOf(rng, near) } : { kind: 'calls' as const, calls: near };
  const sample = makeSample({ tools, messages, label });
  const size = messages.reduce((sum, { content }) => sum + content.length, 0);
  const places = { tools: [], messages: [], label: [], calls: label.kind === 'calls' ? label.calls.map((_, i) => ({ call: [i], name: [i, 'name'], arguments: [i, 'arguments'] })) : [] };
  const run = (): void => {
    const context = new SampleContext({ sample, step: 0, places: () => places }, null, rng.pick(['bfcl', 'toolace', 'test']), 0);
    for (const hit of checkSample(context, active)) {
      must(hit.message !== '', `${hit.rule} says something`);
      for (const fix of hit.fixes?.() ?? []) must(fix.label === undefined ? fix.edits.length > 0 : labelHash(fix.label) !== sample.labelHash, `a fix of ${hit.rule} changes something`);
    }
  };
  return { size, show: () => JSON.stringify(sample), run };
}
