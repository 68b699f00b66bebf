import type { ToolDefinition } from '../../dataset/sample.ts';
import type { JsonValue } from '../../json/value.ts';
import { toolParameterSchema } from '../../schema/normalise.ts';
import type { DatasetHit, DatasetRule } from '../rule.ts';

const mostPerTool = 5;

export const rule: DatasetRule = {
  id: 'tool-schema',
  scope: 'dataset',
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'A part of a tool\'s definition cannot be understood as a schema.',
    why: 'That part accepts anything, so that wrong arguments pass unseen.',
    good: '{"type": "integer"}',
    bad: '{"type": "integr"}',
    shownAt: 'the tool, in the first record that has it',
  },
  ofTools: true,
  collect: () => {
    const seen = new WeakSet<ToolDefinition>();
    return ({ sample: { tools } }) => {
      const problems: JsonValue[] = [];
      for (const [index, tool] of tools.entries()) {
        if (seen.has(tool)) continue;
        seen.add(tool);
        for (const { path, message } of toolParameterSchema(tool).problems.slice(0, mostPerTool)) problems.push([index, tool.name, path.length === 0 ? message : `${path.join('.')}: ${message}`]);
      }
      return problems.length === 0 ? undefined : problems;
    };
  },
  *conclude(facts) {
    const reported = new Set<string>();
    for (const { sample, fact } of facts) {
      if (!Array.isArray(fact)) continue;
      for (const one of fact as readonly JsonValue[]) {
        const [tool, name, problem] = Array.isArray(one) ? (one as readonly JsonValue[]) : [];
        if (typeof tool !== 'number' || typeof name !== 'string' || typeof problem !== 'string' || reported.has(`${name}\n${problem}`)) continue;
        reported.add(`${name}\n${problem}`);
        yield { sample, at: { part: 'tool', tool }, message: `${JSON.stringify(name)}: ${problem}` } satisfies DatasetHit;
      }
    }
  },
};
