import { rules } from '../src/core/rules/rules.generated.ts';
import type { Rule } from '../src/core/rules/rule.ts';

const head = `# Rules

What the language server and \`looptool validate\` find in a dataset. Each finding stands at the exact part of the record, inside
nested JSON strings too. A finding never changes a file.

Only files that are recognised as datasets by their content are checked; others are left alone. The editor shows at most 900
findings of a file, errors before warnings, and says how many more there are; the command line shows all.

Severities are given for the profiles *strict*, *recommended* (the default) and *lenient*.

| rule | strict | recommended | lenient | finds |
|---|---|---|---|---|
`;

const example = `
The examples are calls for this tool, unless they say otherwise:

\`\`\`json
{"name": "get_weather", "parameters": {"type": "object", "properties": {
  "city": {"type": "string", "minLength": 2},
  "days": {"type": "integer", "maximum": 14},
  "unit": {"type": "string", "enum": ["celsius", "kelvin"]}}, "required": ["city"]}}
\`\`\`
`;

const unreadable = `
## unreadable-record

The record is not JSON, or not of the dialect of the file; the rest of the file is read. A record that breaks off in the middle
keeps the samples before the break. It has no profile: what cannot be read is always an error. A record that holds no sample on
purpose, such as a row that is marked as a bad answer, is information.

Shown at: the character where reading stopped

Bad: \`{"instruction": "…", "input": "Hello", "output": }\`
`;

/** docs/rules.md, made of what the rules say of themselves. */
export function rulesPage(): string {
  const sorted = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rows = sorted.map(({ id, severity, docs }) => `| [${id}](#${id}) | ${severity.strict} | ${severity.recommended} | ${severity.lenient} | ${docs.summary} |\n`);
  return [head, '| [unreadable-record](#unreadable-record) | error | error | error | A record that cannot be read. |\n', ...rows, example, unreadable, ...sorted.map(section)].join('');
}

function section({ id, docs, options }: Rule): string {
  const lines = [`\n## ${id}\n`, `${docs.summary} ${docs.why}`, '', `Shown at: ${docs.shownAt}`, '', 'Good:', ...block(docs.good), '', 'Bad:', ...block(docs.bad)];
  for (const [name, text] of Object.entries(docs.options ?? {})) lines.push('', `Option \`${name}\` (${JSON.stringify(options?.[name] ?? null)}): ${text}`);
  return `${lines.join('\n')}\n`;
}

function block(text: string): string[] {
  return ['', '```', text, '```'];
}
