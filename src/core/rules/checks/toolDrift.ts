import type { ToolDefinition } from '../../dataset/sample.ts';
import { canonicalJson } from '../../json/stringify.ts';
import type { JsonValue } from '../../json/value.ts';
import { shortHash } from '../shortHash.ts';
import type { DatasetHit, DatasetRule, Facts } from '../rule.ts';

export const rule: DatasetRule = {
  id: 'tool-drift',
  scope: 'dataset',
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'The same tool stands in the data with different parameters.',
    why: 'The API changed while the data was made, or two tools share a name: labels that are right for one definition are wrong for the other.',
    good: 'get_weather(city, days) in every record',
    bad: 'get_weather(city, days) in most records, get_weather(location) in some',
    shownAt: 'the first definition of each form but the one that comes first',
  },
  // A list of tools that many samples share is one object, and is looked at once; of each form the first one is enough.
  ofTools: true,
  collect: () => {
    const seen = new WeakSet<readonly ToolDefinition[]>();
    const known = new Set<string>();
    return ({ sample: { tools } }) => {
      if (tools.length === 0 || seen.has(tools)) return undefined;
      seen.add(tools);
      const forms: JsonValue[] = [];
      for (const [index, tool] of tools.entries()) {
        const hash = shortHash(canonicalJson(tool.parameters ?? null));
        const key = `${hash} ${tool.name}`;
        if (known.has(key)) continue;
        known.add(key);
        forms.push([index, tool.name, hash]);
      }
      return forms.length === 0 ? undefined : forms;
    };
  },
  *conclude(facts) {
    for (const [name, forms] of formsByName(facts)) {
      const [first, ...others] = [...forms.values()];
      for (const { sample, tool } of others) {
        const at = { part: 'tool' as const, tool };
        yield { sample, at, message: `${JSON.stringify(name)} stands in the data with ${forms.size} different parameter schemas`, ...(first === undefined ? {} : { related: [first.sample] }) } satisfies DatasetHit;
      }
    }
  },
};

type Form = { readonly sample: number; readonly tool: number };

/** Forms of each tool in the order in which they come. */
function formsByName(facts: Facts): ReadonlyMap<string, ReadonlyMap<string, Form>> {
  const names = new Map<string, Map<string, Form>>();
  for (const { sample, fact } of facts) {
    if (!Array.isArray(fact)) continue;
    for (const form of fact as readonly JsonValue[]) {
      const [tool, name, hash] = Array.isArray(form) ? (form as readonly JsonValue[]) : [];
      if (typeof tool !== 'number' || typeof name !== 'string' || typeof hash !== 'string') continue;
      const forms = names.get(name) ?? new Map<string, Form>();
      if (forms.size === 0) names.set(name, forms);
      if (!forms.has(hash)) forms.set(hash, { sample, tool });
    }
  }
  return names;
}
